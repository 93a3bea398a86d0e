// What is told of a place or a case, as the server sends it and as the map draws it.
import type { Step } from "./style";

export type RawRow = [
  code: string,
  name: string,
  lon: number | null,
  lat: number | null,
  open: number,
  soon: number,
  overdue: number,
  carded: number,
  onTime: number | null,
];

export interface Row {
  code: string;
  name: string;
  lon: number | null;
  lat: number | null;
  open: number;
  soon: number;
  overdue: number;
  carded: number;
  onTime: number | null;
}

export type RawPoint = [
  id: number,
  number: string,
  lon: number,
  lat: number,
  status: "open" | "soon" | "overdue",
  category: string,
  place: string,
  due: string | null,
];

// `level`: 0 none, 1 blue to 4 red; `state`: as on the page of things; `words`: what is said of it.
export type RawThing = [
  id: number,
  name: string,
  lon: number,
  lat: number,
  state: "alarming" | "silent" | "marked" | "good",
  level: number,
  words: string,
];

const WEIGHTS = { alarming: 3, silent: 2, marked: 1, good: 0 } as const;

export function weightOf([, , , , state, level]: RawThing): number {
  return WEIGHTS[state] * 10 + level;
}

export function shapeOf([, , , , state, level]: RawThing): string {
  if (state === "alarming") return level > 2 ? "overdue" : "soon";
  return { silent: "silent", marked: "marked", good: "open" }[state];
}

export function rowOf([code, name, lon, lat, open, soon, overdue, carded, onTime]: RawRow): Row {
  return { code, name, lon, lat, open, soon, overdue, carded, onTime };
}

export function stepOf({ open, overdue }: { open: number; overdue: number }): Step {
  if (open <= 0) return 0;
  const share = overdue / open;
  if (share <= 0) return 1;
  return share < 0.05 ? 2 : share < 0.15 ? 3 : 4;
}

// The area of a disc follows the number; `size`: pixels of the page's text.
export function radiusOf(open: number, most: number, size: number): number {
  const text = size * (0.5 + 0.23 * String(open).length);
  return Math.max(text, size * 2.2 * Math.sqrt(open / Math.max(most, 1)));
}
