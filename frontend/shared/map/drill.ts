// The code is the tree: 12 digits of the national divisions, 15 or 16 of a grid.
export const LEVELS = ["province", "city", "county", "town", "village", "grid"] as const;
export type Level = (typeof LEVELS)[number];
export type Area = "county" | "town" | "village" | "grid";
export const AREAS: readonly Area[] = ["county", "town", "village", "grid"];
export type Box = [west: number, south: number, east: number, north: number];

const DIGITS = [2, 4, 6, 9, 12];

export function levelOf(code: string): Level {
  if (code.length > 12) return "grid";
  const level = DIGITS.findIndex((digits) => /^0*$/.test(code.slice(digits)));
  return LEVELS[level] ?? "village";
}

// What every code below a place begins with.
export function rootOf(place: string): string {
  if (place.length > 12) return place;
  return place.slice(0, [0, ...DIGITS].find((digits) => /^0*$/.test(place.slice(digits))) ?? 12);
}

export function isWithin(code: string, place: string): boolean {
  return code.startsWith(rootOf(place));
}

export function isArea(level: string): level is Area {
  return (AREAS as readonly string[]).includes(level);
}

// A feature of the tiles carries its place's code as a number: 16 digits at most, below 2^53.
export function idOf(code: string): number {
  return Number(code);
}

export function codeOf(id: number | string | undefined): string {
  return String(id ?? "");
}

// From which zoom an area is told apart: a view never holds more than some thousands of polygons.
export const FROM: Record<Area, number> = { county: 0, town: 9, village: 11, grid: 13 };
