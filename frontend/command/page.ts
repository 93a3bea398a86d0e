// What the page is told by the server, and what its address holds.
import type { Box } from "../shared/map/drill";
import type { Basemap, Layer } from "../shared/map/style";

export interface PageData {
  place: string;
  box: Box | null;
  query: string; // place and filters
  basemap: Basemap | null;
  urls: Record<"home" | "cases" | "things" | "tiles" | "stream" | "ticket", string>;
  categories: Record<string, string>;
  words: Record<string, string>;
}

export const LAYERS: readonly Layer[] = ["efficiency", "heat", "clusters", "things"];

export function pageData(page: ParentNode): PageData {
  return JSON.parse(page.querySelector("#command-data")?.textContent ?? "{}") as PageData;
}

export function the<T extends Element>(selector: string, within: ParentNode = document): T {
  const found = within.querySelector<T>(selector);
  if (!found) throw new Error(`The page has no ${selector}`);
  return found;
}

export function isWall(): boolean {
  return document.body.classList.contains("wall");
}

// "在办 {open}" with {open: 3} is "在办 3".
export function filled(words: string, values: Record<string, string | number>): string {
  return words.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}

const figures = new Intl.NumberFormat(document.documentElement.lang);

export function number(value: number): string {
  return figures.format(value);
}

export function clock(at: Date | string, seconds = false): string {
  const form: Intl.DateTimeFormatOptions = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
  return new Date(at).toLocaleTimeString("en-GB", seconds ? { ...form, second: "2-digit" } : form);
}

// Place and filters come from the server; order, layer, view and wall are the page's own.
export const OWN = ["rank", "layer", "at", "wall"] as const;

export function remember(changes: Partial<Record<(typeof OWN)[number], string>>): void {
  const address = new URL(location.href);
  for (const [name, value] of Object.entries(changes)) {
    if (value) address.searchParams.set(name, value);
    else address.searchParams.delete(name);
  }
  history.replaceState(history.state, "", address);
}

// Place and filters, and the order in which lists stand.
export function asked(data: PageData): URLSearchParams {
  const query = new URLSearchParams(data.query);
  const rank = new URLSearchParams(location.search).get("rank");
  if (rank) query.set("rank", rank);
  return query;
}

// The same place and filters elsewhere: a link of the page, with what is the page's own kept.
export function kept(link: string): URL {
  const [now, next] = [new URL(location.href), new URL(link, location.href)];
  for (const name of OWN) {
    const value = now.searchParams.get(name);
    if (value && name !== "at" && !next.searchParams.has(name)) next.searchParams.set(name, value);
  }
  return next;
}
