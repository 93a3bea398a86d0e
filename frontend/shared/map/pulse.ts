// What is red pulses on a canvas of its own that CSS fades in steps: the map below renders nothing meanwhile.
// (A paint property that changes would have the whole map drawn twice a second.)
import type { Map as View } from "maplibre-gl";

export interface Mark {
  lon: number;
  lat: number;
  radius: number; // pixels; the ring leaves what is inside readable
  lift: number; // pixels above the point
  shape: "ring" | "diamond";
}

const MOST = 80;
const FLASHES = 8;
const CORNERS = [[0, -1], [1, 0], [0, 1], [-1, 0]] as const;

export class Pulse {
  private readonly canvas = document.createElement("canvas");
  private marks: Mark[] = [];
  private readonly redraw = (): void => this.draw();

  constructor(
    private readonly view: View,
    private readonly colours: () => { mark: string; rim: string },
  ) {
    this.canvas.className = "pulse";
    this.canvas.setAttribute("aria-hidden", "true");
    view.getCanvasContainer().append(this.canvas);
    view.on("move", this.redraw);
    view.on("resize", this.redraw);
  }

  show(marks: Mark[]): void {
    this.marks = marks.slice(0, MOST);
    this.draw();
  }

  pause(paused: boolean): void {
    this.canvas.classList.toggle("still", paused);
  }

  // A point where something just happened, for a second and a half.
  flash(lon: number, lat: number): void {
    const holder = this.view.getCanvasContainer();
    if (holder.querySelectorAll(".flash").length >= FLASHES) return;
    const { x, y } = this.view.project([lon, lat]);
    const spot = document.createElement("span");
    spot.className = "flash";
    spot.style.left = `${x}px`;
    spot.style.top = `${y}px`;
    holder.append(spot);
    setTimeout(() => spot.remove(), 1_500);
  }

  private draw(): void {
    const { clientWidth: width, clientHeight: height } = this.view.getCanvas();
    const ratio = Math.min(devicePixelRatio, 2);
    if (this.canvas.width !== width * ratio || this.canvas.height !== height * ratio) {
      this.canvas.width = width * ratio;
      this.canvas.height = height * ratio;
    }
    const pen = this.canvas.getContext("2d");
    if (!pen) return;
    pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    pen.clearRect(0, 0, width, height);
    for (const mark of this.marks) {
      const { x, y } = this.view.project([mark.lon, mark.lat]);
      if (x > -50 && y > -50 && x < width + 50 && y < height + 50) this.stroke(pen, mark, x, y - mark.lift);
    }
  }

  // Seen on any ground: a rim of the ground's own colour below the red.
  private stroke(pen: CanvasRenderingContext2D, { radius, shape }: Mark, x: number, y: number): void {
    const { mark, rim } = this.colours();
    pen.beginPath();
    if (shape === "ring") pen.arc(x, y, radius, 0, 2 * Math.PI);
    else for (const [right, down] of CORNERS) pen.lineTo(x + right * radius, y + down * radius);
    pen.closePath();
    pen.strokeStyle = rim;
    pen.lineWidth = 6;
    pen.stroke();
    pen.strokeStyle = pen.fillStyle = mark;
    pen.lineWidth = 4;
    pen.stroke();
    if (shape === "diamond") pen.fill();
  }

  remove(): void {
    this.view.off("move", this.redraw);
    this.view.off("resize", this.redraw);
    this.canvas.remove();
  }
}
