// Maps published in China are drawn with the GCJ-02 offset, our places without. Their tiles are cut anew so that
// both lie on each other: each of ours takes its pixels from where its middle lies in theirs.
import { addProtocol } from "maplibre-gl";

const SEMI_MAJOR = 6378245.0; // Krasovsky 1940, metres
const ECCENTRICITY2 = 0.00669342162296594323;
const SIDE = 256;
const RADIANS = Math.PI / 180;

function waves(at: number, first: number, second: number, parts: [number, number]): number {
  const far = 20 * Math.sin(at * Math.PI) + 40 * Math.sin((at / 3) * Math.PI);
  const farther = parts[0] * Math.sin((at / 12) * Math.PI) + parts[1] * Math.sin((at * Math.PI) / 30);
  return ((first + second + far + farther) * 2) / 3;
}

// Degrees east and north by which GCJ-02 lies off WGS-84 at a point.
export function gcjOffset(lon: number, lat: number): [number, number] {
  const [x, y] = [lon - 105, lat - 35];
  const near = [20 * Math.sin(6 * x * Math.PI), 20 * Math.sin(2 * x * Math.PI)] as const;
  const root = Math.sqrt(Math.abs(x));
  const east = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root + waves(x, ...near, [150, 300]);
  const north = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root + waves(y, ...near, [160, 320]);
  const magic = 1 - ECCENTRICITY2 * Math.sin(lat * RADIANS) ** 2;
  const meridian = (SEMI_MAJOR * (1 - ECCENTRICITY2)) / (magic * Math.sqrt(magic));
  const parallel = (SEMI_MAJOR / Math.sqrt(magic)) * Math.cos(lat * RADIANS);
  return [east / parallel / RADIANS, north / meridian / RADIANS];
}

function pixelOf(lon: number, lat: number, zoom: number): [number, number] {
  const size = SIDE * 2 ** zoom;
  const sine = Math.sin(lat * RADIANS);
  return [((lon + 180) / 360) * size, (0.5 - Math.log((1 + sine) / (1 - sine)) / (4 * Math.PI)) * size];
}

function middleOf(x: number, y: number, zoom: number): [number, number] {
  const count = 2 ** zoom;
  const lat = Math.atan(Math.sinh(Math.PI * (1 - (2 * (y + 0.5)) / count))) / RADIANS;
  return [((x + 0.5) / count) * 360 - 180, lat];
}

// `template`: their address with {z} {x} {y}. Returns the address under which the map asks for shifted tiles.
export function shiftedTiles(template: string): string {
  addProtocol("gcj", async (request, abort) => {
    const [zoom = 0, x = 0, y = 0] = request.url.slice("gcj://".length).split("/").map(Number);
    return { data: await tile(template, zoom, x, y, abort.signal) };
  });
  return "gcj://{z}/{x}/{y}";
}

async function tile(template: string, zoom: number, x: number, y: number, signal: AbortSignal): Promise<ImageBitmap> {
  const [lon, lat] = middleOf(x, y, zoom);
  const [east, north] = gcjOffset(lon, lat);
  const [ours, theirs] = [pixelOf(lon, lat, zoom), pixelOf(lon + east, lat + north, zoom)];
  const [left, top] = [x * SIDE + theirs[0] - ours[0], y * SIDE + theirs[1] - ours[1]];
  const canvas = new OffscreenCanvas(SIDE, SIDE);
  const pen = canvas.getContext("2d");
  await Promise.all(
    covering(left, top).map(async ([column, row]) => {
      const image = await picture(template, zoom, column, row, signal);
      pen?.drawImage(image, Math.round(column * SIDE - left), Math.round(row * SIDE - top), SIDE, SIDE);
    }),
  );
  return canvas.transferToImageBitmap();
}

function covering(left: number, top: number): [number, number][] {
  const [column, row] = [Math.floor(left / SIDE), Math.floor(top / SIDE)];
  return [0, 1].flatMap((down) => [0, 1].map((right): [number, number] => [column + right, row + down]));
}

async function picture(template: string, zoom: number, x: number, y: number, signal: AbortSignal): Promise<ImageBitmap> {
  const address = template.replace("{z}", String(zoom)).replace("{x}", String(x)).replace("{y}", String(y));
  const answer = await fetch(address, { signal });
  if (!answer.ok) throw new Error(`${address}: ${answer.status}`);
  return createImageBitmap(await answer.blob());
}
