// The cases of one page of a list on the city's map; the library is loaded when somebody asks for it.
import type * as Library from "../map/city";
import { AREAS, FROM, type Box } from "./map/drill";
import type { RawPoint } from "./map/rows";

const NEAR = 0.004; // degrees that are seen around a single case
let city: Library.CityMap | null = null;
let points: RawPoint[] = [];

function boxOf(around: RawPoint[]): Box {
  const [lons, lats] = [around.map((one) => one[2]), around.map((one) => one[3])];
  return [Math.min(...lons) - NEAR, Math.min(...lats) - NEAR, Math.max(...lons) + NEAR, Math.max(...lats) + NEAR];
}

function dress(address: string | undefined): void {
  const style = document.createElement("link");
  style.rel = "stylesheet";
  style.href = address ?? "";
  document.head.append(style);
}

// Places as finely as the zoom tells them apart; they carry no numbers here.
function outline(): void {
  const zoom = city?.view.getZoom() ?? 0;
  city?.show([...AREAS].reverse().find((area) => FROM[area] <= zoom) ?? "county", []);
}

async function open(box: HTMLElement, picked: (number: string) => void): Promise<void> {
  dress(box.dataset["style"]);
  const library = (await import(box.dataset["library"] ?? "")) as typeof Library;
  const tiles = await library.tileSet(box.dataset["tiles"] ?? "", new AbortController().signal);
  city = await library.CityMap.open({
    box,
    worker: new URL(box.dataset["worker"] ?? "", location.href).href,
    tiles,
    basemap: null,
    bounds: boxOf(points),
    layer: "efficiency",
    title: box.dataset["title"] ?? "",
    words: () => "",
    picked: () => undefined,
    casePicked: picked,
    rested: outline,
  });
  city.pausePulse(true);
  outline();
  city.showPoints(points);
  box.dataset["ready"] = "true";
}

export function beginMap(picked: (number: string) => void): void {
  const box = document.querySelector<HTMLElement>("[data-map]");
  const frame = box?.closest("details");
  points = JSON.parse(document.querySelector("#spots")?.textContent ?? "[]") as RawPoint[];
  if (box && frame) frame.addEventListener("toggle", () => frame.open && void open(box, picked), { once: true });
}

export function markOnMap(number: string): void {
  const point = points.find((one) => one[1] === number);
  if (point) city?.flash(point[2], point[3]);
}
