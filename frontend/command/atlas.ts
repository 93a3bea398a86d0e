// Feeds the map: numbers of places, and from the zoom of grids on those of single grids and cases.
import type * as Library from "../map/city";
import { FROM, isArea, type Area } from "../shared/map/drill";
import { rowOf, type RawPoint, type RawRow, type RawThing, type Row } from "../shared/map/rows";
import type { Layer } from "../shared/map/style";
import { filled, isWall, number, remember, the, type PageData } from "./page";
import { Pace } from "./pace";

const PAUSE = 1_500; // after an event
const APART = 4_000;

export interface Told {
  picked: (code: string) => void;
  casePicked: (number: string) => void;
}

// The map's own style comes with the map: the lists are painted without it.
function dress(address: string): void {
  if (document.querySelector(`link[href="${address}"]`)) return;
  const style = document.createElement("link");
  style.rel = "stylesheet";
  style.href = address;
  document.head.prepend(style);
}

interface Answer<T> {
  level?: string;
  rows: T[];
  more?: number;
}

type Spot = [lon: number, lat: number, open: number];

export class Atlas {
  private city!: Library.CityMap;
  private area: Area = "county";
  private rows: Row[] = [];
  private held = false; // a replay draws
  private abort = new AbortController();
  private readonly pace = new Pace(() => this.read(), PAUSE, APART);
  private readonly calm = matchMedia("(prefers-reduced-motion: reduce)");

  private constructor(
    private data: PageData,
    private layer: Layer,
  ) {}

  static async open(data: PageData, layer: Layer, told: Told): Promise<Atlas> {
    const atlas = new Atlas(data, layer);
    const box = the<HTMLElement>("#map");
    const library = (await import(box.dataset["library"] ?? "")) as typeof Library;
    dress(box.dataset["style"] ?? "");
    const tiles = await library.tileSet(data.urls.tiles, atlas.abort.signal);
    atlas.city = await library.CityMap.open({
      box,
      worker: new URL(box.dataset["worker"] ?? "", location.href).href,
      tiles,
      basemap: data.basemap,
      bounds: data.box ?? tiles.bounds,
      layer,
      title: box.dataset["title"] ?? "",
      words: (row) => atlas.words("below", row),
      tip: (row) => atlas.words("tip", row),
      picked: told.picked,
      casePicked: told.casePicked,
      thingPicked: (id) => location.assign(`${data.urls.things}${id}/`),
      rested: (byHand) => atlas.rest(byHand),
    });
    atlas.recall();
    await atlas.read();
    return atlas;
  }

  visit(data: PageData): void {
    this.data = data;
    this.abort.abort();
    this.abort = new AbortController();
    this.pace.stop();
    void this.readPlaces().then(() => {
      if (data.box) this.city.fit(data.box, this.area, !this.calm.matches && !isWall());
      return this.readClose();
    });
  }

  ask(): void {
    if (!this.held) this.pace.ask();
  }

  choose(layer: Layer): void {
    this.layer = layer;
    this.city.choose(layer);
    if (layer === "heat") void this.readHeat();
    void this.readThings();
  }

  // While a day is replayed, the map shows that day's numbers and no single cases.
  hold(rows: Row[] | null): void {
    this.held = rows !== null;
    if (!rows) return void this.read();
    this.city.showPoints([]);
    this.city.show(this.area, rows);
  }

  get told(): readonly Row[] {
    return this.rows;
  }

  flash(lon: number, lat: number): void {
    this.city.flash(lon, lat);
  }

  approach(code: string | null): void {
    this.city.approach(code);
  }

  pausePulse(paused: boolean): void {
    this.city.pausePulse(paused);
  }

  zoom(by: number, event: Event): void {
    const duration = this.calm.matches ? 0 : 300;
    this.city.view.easeTo({ zoom: this.city.view.getZoom() + by, duration }, { originalEvent: event });
  }

  private words(form: string, { name, open, overdue }: Row): string {
    return filled(this.data.words[form] ?? "", { name, open: number(open), overdue: number(overdue) });
  }

  private get isClose(): boolean {
    return this.city.view.getZoom() >= FROM.grid;
  }

  private rest(byHand: boolean): void {
    const { lng, lat } = this.city.view.getCenter();
    if (byHand) remember({ at: `${lng.toFixed(5)},${lat.toFixed(5)},${this.city.view.getZoom().toFixed(2)}` });
    if (this.held) return;
    void this.readClose();
    void this.readThings();
  }

  // The view that the address holds.
  private recall(): void {
    const [lon, lat, zoom] = (new URLSearchParams(location.search).get("at") ?? "").split(",").map(Number);
    if (lon && lat && zoom) this.city.view.jumpTo({ center: [lon, lat], zoom });
    else if (this.data.box) this.city.fit(this.data.box, this.area, false);
  }

  private async read(): Promise<void> {
    await this.readPlaces();
    await this.readClose();
    await this.readThings();
  }

  private async readPlaces(): Promise<void> {
    const answer = await this.get<RawRow>("places", {});
    if (!answer) return;
    this.area = isArea(answer.level ?? "") ? (answer.level as Area) : "grid";
    this.city.outline(this.data.place);
    this.rows = answer.rows.map(rowOf);
    if (!this.isClose) this.city.show(this.area, this.rows);
    if (this.layer === "heat") await this.readHeat();
  }

  private async readClose(): Promise<void> {
    if (!this.isClose) {
      this.city.showPoints([]);
      return this.city.show(this.area, this.rows);
    }
    const box = this.city.bounds.map((degrees) => degrees.toFixed(5)).join(",");
    const [grids, points] = await Promise.all([
      this.get<RawRow>("places", { level: "grid", box }),
      this.get<RawPoint>("points", { box }),
    ]);
    if (!grids || !points || !this.isClose || this.held) return;
    this.city.show("grid", grids.rows.map(rowOf));
    this.city.showPoints(points.rows);
    if (this.layer !== "things") this.tellMore(points.more ?? 0);
  }

  private async readHeat(): Promise<void> {
    const answer = await this.get<Spot>("heat", {});
    if (answer) this.city.showHeat(answer.rows.map(([lon, lat, open]) => ({ lon, lat, open })));
  }

  private async readThings(): Promise<void> {
    if (this.layer !== "things") return this.city.showThings([]);
    const box = this.city.bounds.map((degrees) => degrees.toFixed(5)).join(",");
    const answer = await this.get<RawThing>("things", { box });
    if (!answer || this.layer !== "things") return;
    this.city.showThings(answer.rows);
    this.tellMore(answer.more ?? 0, "more_things");
  }

  // Not all of a view fits: the map says so.
  private tellMore(more: number, words = "more"): void {
    const note = the<HTMLElement>("#more-points");
    note.hidden = more === 0;
    note.textContent = filled(this.data.words[words] ?? "", { n: number(more) });
  }

  private async get<T>(name: string, more: Record<string, string>): Promise<Answer<T> | null> {
    const asked = new URLSearchParams(this.data.query);
    for (const [key, value] of Object.entries(more)) asked.set(key, value);
    const { signal } = this.abort;
    try {
      const answer = await fetch(`${this.data.urls.home}${name}/?${asked}`, { signal });
      return answer.ok ? ((await answer.json()) as Answer<T>) : null;
    } catch {
      return null; // another place was chosen meanwhile, or the line is down: the next asking tries anew
    }
  }
}
