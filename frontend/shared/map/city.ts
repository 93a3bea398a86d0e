// The city on a map: its places coloured by state, its cases as heat, clusters or points, what is red pulsing.
import {
  Map as View,
  setWorkerUrl,
  type ExpressionSpecification,
  type GeoJSONSource,
  type MapLayerMouseEvent,
  type PaddingOptions,
} from "maplibre-gl";
import { AREAS, codeOf, FROM, idOf, isArea, levelOf, type Area, type Box } from "./drill";
import { drawIcons } from "./icons";
import { Pulse, type Mark } from "./pulse";
import { radiusOf, shapeOf, stepOf, weightOf, type RawPoint, type RawThing, type Row } from "./rows";
import { layersOf, lookOf, opacityOf, PLACES, styleOf, type Basemap, type Layer, type Look, type Step } from "./style";
import type { TileSet } from "./tiles";

export interface Wishes {
  box: HTMLElement;
  worker: string; // the address of the worker's file
  tiles: TileSet;
  basemap: Basemap | null;
  bounds: Box;
  layer: Layer;
  title: string;
  words: (row: Row) => string; // below a place's name
  tip?: (row: Row) => string; // beside the pointer, if not the same words
  picked: (code: string) => void;
  casePicked: (number: string) => void;
  thingPicked?: (id: number) => void;
  rested: (byHand: boolean) => void; // the view came to rest
}

const AROUND = 3; // sizes of the city that may be seen around it: a wide screen shows more than the city
const PAD = 0.06; // of the view around a place that is fitted

export class CityMap {
  readonly view: View;
  private readonly pulse: Pulse;
  private readonly tip = document.createElement("div");
  private readonly scheme = matchMedia("(prefers-color-scheme: dark)");
  private readonly restyle = (): void => this.dress();
  private readonly steps = new Map<Area, Map<number, Step>>();
  private look: Look;
  private rows = new Map<string, Row>();
  private points: RawPoint[] = [];
  private things: RawThing[] = [];
  private near: { area: Area; id: number } | null = null;
  private here: { area: Area; id: number } | null = null;
  private area: Area = "county";
  private layer: Layer;

  private constructor(private readonly wishes: Wishes) {
    this.look = lookOf(wishes.box);
    this.layer = wishes.layer;
    setWorkerUrl(wishes.worker);
    this.view = new View({
      container: wishes.box,
      style: styleOf(this.look, wishes.tiles, wishes.basemap),
      bounds: wishes.bounds,
      fitBoundsOptions: { padding: this.padding() },
      maxBounds: around(wishes.tiles.bounds),
      maxZoom: 18,
      attributionControl: wishes.basemap ? { compact: false } : false,
      dragRotate: false,
      pitchWithRotate: false,
      touchPitch: false,
      renderWorldCopies: false,
      refreshExpiredTiles: false,
      fadeDuration: 0,
      locale: { "Map.Title": wishes.title },
    });
    this.view.touchZoomRotate.disableRotation();
    this.view.keyboard.disableRotation();
    this.pulse = new Pulse(this.view, () => ({ mark: this.look.bad, rim: this.look.paper }));
    this.tip.className = "tip";
    this.tip.hidden = true;
    wishes.box.append(this.tip);
    this.scheme.addEventListener("change", this.restyle);
  }

  static async open(wishes: Wishes): Promise<CityMap> {
    const city = new CityMap(wishes);
    await city.view.once("load");
    drawIcons(city.view, city.look);
    city.listen();
    city.show(city.area, []);
    return city;
  }

  // The places of one level with their numbers; everything told before is forgotten.
  show(area: Area, rows: Row[]): void {
    this.area = area;
    this.rows = new Map(rows.map((row) => [row.code, row]));
    this.colour(area, rows);
    this.source("labels").setData(this.labels(area === "grid" ? [] : rows)); // grids show their cases
    this.reveal();
    this.mark();
  }

  showPoints(points: RawPoint[]): void {
    this.points = points;
    const features = points.map(([id, number, lon, lat, status]) => feature(lon, lat, { id, number, status }));
    this.source("points").setData({ type: "FeatureCollection", features });
    this.mark();
  }

  showHeat(rows: Pick<Row, "lon" | "lat" | "open">[]): void {
    const most = Math.max(1, ...rows.map((row) => row.open));
    const features = rows.flatMap((row) => at(row, { weight: row.open / most }));
    this.source("heat").setData({ type: "FeatureCollection", features });
    this.view.setPaintProperty("heat", "heatmap-radius", spread(rows));
  }

  showThings(things: RawThing[]): void {
    this.things = things;
    const features = things.map((thing) => {
      const [id, , lon, lat, , , words] = thing;
      return feature(lon, lat, { id, words, shape: shapeOf(thing), weight: weightOf(thing) });
    });
    this.source("things").setData({ type: "FeatureCollection", features });
    this.mark();
  }

  choose(layer: Layer): void {
    this.layer = layer;
    this.reveal();
    this.mark();
  }

  // The place that is looked at has an edge of its own.
  outline(code: string): void {
    const level = levelOf(code);
    if (this.here) this.state(this.here.area, this.here.id, { here: false });
    this.here = isArea(level) ? { area: level, id: idOf(code) } : null;
    if (this.here) this.state(this.here.area, this.here.id, { here: true });
  }

  fit(box: Box, area: Area, animate: boolean): void {
    const camera = this.view.cameraForBounds(box, { padding: this.padding() });
    if (!camera) return;
    const zoom = Math.max(camera.zoom ?? 0, FROM[area]);
    if (animate) this.view.easeTo({ ...camera, zoom, duration: 500 });
    else this.view.jumpTo({ ...camera, zoom });
  }

  // A place that a pointer or the focus rests on, here or in the list beside.
  approach(code: string | null): void {
    const id = code === null ? null : idOf(code);
    if (this.near?.id === id) return;
    if (this.near) this.state(this.near.area, this.near.id, { near: false });
    this.near = id === null ? null : { area: this.area, id };
    if (this.near) this.state(this.near.area, this.near.id, { near: true });
  }

  flash(lon: number, lat: number): void {
    this.pulse.flash(lon, lat);
  }

  pausePulse(paused: boolean): void {
    this.pulse.pause(paused);
  }

  get bounds(): Box {
    return this.view.getBounds().toArray().flat() as Box;
  }

  remove(): void {
    this.scheme.removeEventListener("change", this.restyle);
    this.pulse.remove();
    this.view.remove();
  }

  // The legend covers some of the lower edge.
  private padding(): PaddingOptions {
    const pad = Math.round(Math.min(this.wishes.box.clientWidth, this.wishes.box.clientHeight) * PAD);
    return { top: pad, left: pad, right: pad, bottom: pad + this.look.size * 3 };
  }

  private source(name: "labels" | "heat" | "points" | "things"): GeoJSONSource {
    return this.view.getSource(name) as GeoJSONSource;
  }

  private state(area: Area, id: number, state: Record<string, unknown>): void {
    this.view.setFeatureState({ source: PLACES, sourceLayer: area, id }, state);
  }

  // Only what changed is told to the map: the rest costs no frame.
  private colour(area: Area, rows: Row[]): void {
    const before = this.steps.get(area) ?? new Map<number, Step>();
    const after = new Map(rows.map((row) => [idOf(row.code), stepOf(row)]));
    for (const [id, step] of after) if (before.get(id) !== step) this.state(area, id, { step });
    for (const id of before.keys()) if (!after.has(id)) this.view.removeFeatureState({ source: PLACES, sourceLayer: area, id }, "step");
    this.steps.set(area, after);
  }

  private labels(rows: Row[]): GeoJSON.FeatureCollection {
    const most = Math.max(1, ...rows.map((row) => row.open));
    const features = rows.flatMap((row) =>
      at(row, {
        code: row.code,
        name: row.name,
        words: this.wishes.words(row),
        count: String(row.open),
        open: row.open,
        overdue: row.overdue,
        radius: radiusOf(row.open, most, this.look.size),
      }),
    );
    return { type: "FeatureCollection", features };
  }

  private reveal(): void {
    const shown = AREAS.indexOf(this.area);
    AREAS.forEach((area, at) => {
      this.visible(`${area}-fill`, area === this.area);
      this.visible(`${area}-edge`, at <= shown);
    });
    if (this.view.getLayer(`${this.area}-fill`)) {
      this.view.setPaintProperty(`${this.area}-fill`, "fill-opacity", opacityOf(this.layer, this.wishes.basemap !== null));
    }
    for (const [name, wanted] of Object.entries(layersOf(this.layer))) this.visible(name, wanted);
  }

  private visible(layer: string, wanted: boolean): void {
    if (!this.view.getLayer(layer)) return;
    const now = this.view.getLayoutProperty(layer, "visibility") !== "none";
    if (now !== wanted) this.view.setLayoutProperty(layer, "visibility", wanted ? "visible" : "none");
  }

  private mark(): void {
    this.pulse.show(this.layer === "things" ? this.redThings() : [...this.redPoints(), ...this.redPlaces()]);
  }

  private redPoints(): Mark[] {
    const red = this.points.filter((point) => point[4] === "overdue");
    return red.map(([, , lon, lat]) => ({ lon, lat, radius: this.look.size * 0.9, lift: 0, shape: "ring" }));
  }

  private redThings(): Mark[] {
    const red = this.things.filter(([, , , , state, level]) => state === "alarming" && level > 2);
    return red.map(([, , lon, lat]) => ({ lon, lat, radius: this.look.size * 0.9, lift: 0, shape: "ring" }));
  }

  private redPlaces(): Mark[] {
    if (this.area === "grid") return [];
    const rows = [...this.rows.values()].filter((row) => stepOf(row) === 4).sort((a, b) => b.overdue - a.overdue);
    const most = Math.max(1, ...[...this.rows.values()].map((row) => row.open));
    const disc = this.layer === "clusters";
    return rows.flatMap(({ lon, lat, open }): Mark[] => {
      if (lon === null || lat === null) return [];
      const { size } = this.look;
      if (!disc) return [{ lon, lat, radius: size * 0.4, lift: size * 2, shape: "diamond" }];
      return [{ lon, lat, radius: radiusOf(open, most, size) + 6, lift: 0, shape: "ring" }];
    });
  }

  private dress(): void {
    this.look = lookOf(this.wishes.box);
    this.view.setStyle(styleOf(this.look, this.wishes.tiles, this.wishes.basemap), { diff: true });
    drawIcons(this.view, this.look);
    this.show(this.area, [...this.rows.values()]);
    this.showPoints(this.points);
    this.showThings(this.things);
  }

  private listen(): void {
    this.view.on("movestart", () => delete this.wishes.box.dataset["settled"]);
    this.view.on("idle", () => (this.wishes.box.dataset["settled"] = "true"));
    this.view.on("moveend", (event) => this.wishes.rested(Boolean(event.originalEvent)));
    this.view.on("click", "points", (event) => this.wishes.casePicked(String(event.features?.[0]?.properties["number"])));
    this.view.on("click", "things", (event) => this.wishes.thingPicked?.(Number(event.features?.[0]?.properties["id"])));
    this.view.on("mousemove", "things", (event) => this.tell(event, String(event.features?.[0]?.properties["words"])));
    this.view.on("mouseleave", "things", () => (this.tip.hidden = true));
    for (const area of AREAS.filter((one) => this.view.getLayer(`${one}-fill`))) {
      this.view.on("click", `${area}-fill`, (event) => this.pick(event));
      this.view.on("mousemove", `${area}-fill`, (event) => this.hover(event));
      this.view.on("mouseleave", `${area}-fill`, () => this.leave());
    }
    this.view.on("click", "clusters", (event) => this.wishes.picked(String(event.features?.[0]?.properties["code"])));
  }

  private pick(event: MapLayerMouseEvent): void {
    if (this.over(event)) return;
    this.wishes.picked(codeOf(event.features?.[0]?.id));
  }

  // A case or a thing lies there: the place below it is not meant.
  private over(event: MapLayerMouseEvent): boolean {
    return this.view.queryRenderedFeatures(event.point, { layers: ["points", "things"] }).length > 0;
  }

  private tell(event: MapLayerMouseEvent, words: string): void {
    this.tip.hidden = false;
    this.tip.textContent = words;
    this.tip.style.transform = `translate(${event.point.x + 14}px, ${event.point.y + 14}px)`;
  }

  private hover(event: MapLayerMouseEvent): void {
    if (this.layer === "things" && this.over(event)) return;
    const code = codeOf(event.features?.[0]?.id);
    const row = this.rows.get(code);
    this.approach(code);
    this.tip.hidden = !row;
    if (row) this.tell(event, (this.wishes.tip ?? this.wishes.words)(row));
  }

  private leave(): void {
    this.approach(null);
    this.tip.hidden = true;
  }
}

function around([west, south, east, north]: Box): Box {
  const more = Math.max(east - west, north - south) * AROUND;
  return [west - more, Math.max(-85, south - more), east + more, Math.min(85, north + more)];
}

function at(row: Pick<Row, "lon" | "lat">, properties: Record<string, unknown>): GeoJSON.Feature[] {
  return row.lon === null || row.lat === null ? [] : [feature(row.lon, row.lat, properties)];
}

// Spots overlap as much at every zoom as their number asks for.
function spread(rows: Pick<Row, "lon" | "lat">[]): ExpressionSpecification {
  const [lons, lats] = [rows.flatMap(({ lon }) => lon ?? []), rows.flatMap(({ lat }) => lat ?? [])];
  const size = (values: number[]): number => Math.max(0.01, Math.max(...values) - Math.min(...values));
  const apart = Math.sqrt((size(lons) * size(lats)) / Math.max(1, rows.length)); // degrees
  const pixels = (zoom: number): number => Math.max(1, ((1.6 * apart * 512) / 360) * 2 ** zoom);
  return ["interpolate", ["exponential", 2], ["zoom"], 5, pixels(5), 16, pixels(16)];
}

function feature(lon: number, lat: number, properties: Record<string, unknown>): GeoJSON.Feature {
  return { type: "Feature", geometry: { type: "Point", coordinates: [lon, lat] }, properties };
}
