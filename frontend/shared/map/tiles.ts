// The stored tiles of the city's outlines. They hold shapes and names; numbers come apart, as state.
import type { SourceSpecification } from "maplibre-gl";
import type { Area, Box } from "./drill";

export interface TileSet {
  version: string;
  tiles: string[];
  bounds: Box;
  layers: Record<string, { minzoom: number; maxzoom: number }>;
}

const FIRST_WAIT = 2_000;
const LONGEST_WAIT = 60_000;

// Asks until there is an answer: a wall may be switched on before its server.
export async function tileSet(address: string, signal: AbortSignal): Promise<TileSet> {
  for (let wait = FIRST_WAIT; ; wait = Math.min(wait * 2, LONGEST_WAIT)) {
    try {
      const answer = await fetch(address, { signal });
      if (answer.ok) return (await answer.json()) as TileSet;
    } catch (failure) {
      if (signal.aborted) throw failure;
    }
    await new Promise((done) => setTimeout(done, wait));
  }
}

// One source for each level: beyond the last zoom at which a level is stored, its last tiles are stretched.
export function sourceOf(set: TileSet, area: Area): SourceSpecification | null {
  const zooms = set.layers[area];
  if (!zooms) return null;
  const tiles = set.tiles.map((one) => new URL(one, location.origin).href.replace(/%7B/g, "{").replace(/%7D/g, "}"));
  return { type: "vector", tiles, bounds: set.bounds, minzoom: zooms.minzoom, maxzoom: zooms.maxzoom };
}
