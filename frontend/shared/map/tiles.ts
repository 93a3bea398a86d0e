// The stored tiles of the city's outlines. They hold shapes and names; numbers come apart, as state.
import type { SourceSpecification } from "maplibre-gl";
import { AREAS, type Area, type Box } from "./drill";

export interface TileSet {
  version: string;
  tiles: string[];
  bounds: Box;
  minzoom: number;
  maxzoom: number;
  vector_layers: { id: string; minzoom: number; maxzoom: number }[];
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

export function sourceOf({ tiles, bounds, minzoom, maxzoom }: TileSet): SourceSpecification {
  return { type: "vector", tiles: tiles.map((one) => location.origin + one), bounds, minzoom, maxzoom };
}

export function areasIn(set: TileSet): Area[] {
  return AREAS.filter((area) => set.vector_layers.some(({ id }) => id === area));
}
