// The shapes of a case's time, as in the page's own icons: a disc is in time, a triangle due soon, a diamond overdue. Of a
// thing: a disc is good, a triangle warns blue or yellow, a diamond orange or red, a crossed ring is silent, a square marked.
import type { Map as View } from "maplibre-gl";
import type { Look } from "./style";

const SIDE = 26;
const RATIO = 2;

export function drawIcons(view: View, look: Look): void {
  const shapes: [string, string, (pen: CanvasRenderingContext2D) => void][] = [
    ["open", look.brand, (pen) => pen.arc(13, 13, 7, 0, 2 * Math.PI)],
    ["soon", look.soon, (pen) => corners(pen, [13, 3], [23, 22], [3, 22])],
    ["overdue", look.bad, (pen) => corners(pen, [13, 2], [24, 13], [13, 24], [2, 13])],
  ];
  const things: typeof shapes = [
    ["marked", look.soon, (pen) => pen.rect(6, 6, 14, 14)],
    ["silent", look.paper, crossed],
  ];
  for (const [name, colour, shape] of [...shapes, ...things]) {
    const image = drawn(colour, name === "silent" ? look.strong : look.paper, shape);
    if (view.hasImage(name)) view.updateImage(name, image);
    else view.addImage(name, image, { pixelRatio: RATIO });
  }
}

function crossed(pen: CanvasRenderingContext2D): void {
  pen.arc(13, 13, 8, 0, 2 * Math.PI);
  pen.moveTo(9, 9);
  pen.lineTo(17, 17);
  pen.moveTo(17, 9);
  pen.lineTo(9, 17);
}

function corners(pen: CanvasRenderingContext2D, first: [number, number], ...rest: [number, number][]): void {
  pen.moveTo(...first);
  rest.forEach((corner) => pen.lineTo(...corner));
  pen.closePath();
}

function drawn(colour: string, rim: string, shape: (pen: CanvasRenderingContext2D) => void): ImageData {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = SIDE * RATIO;
  const pen = canvas.getContext("2d")!;
  pen.scale(RATIO, RATIO);
  pen.beginPath();
  shape(pen);
  pen.fillStyle = colour;
  pen.strokeStyle = rim;
  pen.lineWidth = 2;
  pen.fill();
  pen.stroke();
  return pen.getImageData(0, 0, canvas.width, canvas.height);
}
