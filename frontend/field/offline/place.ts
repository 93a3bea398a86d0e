// Where the phone is, and what lies nearest.
import { say } from "./draw";
import type { GridMap } from "./types";

const EXACT: PositionOptions = { enableHighAccuracy: true, timeout: 20_000, maximumAge: 30_000 };
const EARTH = 6_371_000;

export interface Here {
  lon: number;
  lat: number;
  accuracy: number;
}

export interface Placed {
  lon: number | null;
  lat: number | null;
}

export function locate(): Promise<Here | null> {
  if (!("geolocation" in navigator)) return Promise.resolve(null);
  return new Promise((found) => {
    const take = ({ coords }: GeolocationPosition): void =>
      found({ lon: coords.longitude, lat: coords.latitude, accuracy: coords.accuracy });
    navigator.geolocation.getCurrentPosition(take, () => found(null), EXACT);
  });
}

// Asked only where the person said yes before: a list alone is no reason for a question.
export async function locateQuietly(): Promise<Here | null> {
  const asked = await navigator.permissions?.query({ name: "geolocation" }).catch(() => null);
  return asked?.state === "granted" ? locate() : null;
}

export function metres(here: Here, there: Placed): number {
  if (there.lon === null || there.lat === null) return Infinity;
  const turn = Math.PI / 180;
  const high = Math.sin(((there.lat - here.lat) * turn) / 2) ** 2;
  const wide = Math.cos(here.lat * turn) * Math.cos(there.lat * turn) * Math.sin(((there.lon - here.lon) * turn) / 2) ** 2;
  return 2 * EARTH * Math.asin(Math.min(1, Math.sqrt(high + wide)));
}

export function away(distance: number): string {
  if (!Number.isFinite(distance)) return "";
  if (distance < 1000) return say("metres", { n: Math.round(distance / 10) * 10 });
  return say("kilometres", { n: (distance / 1000).toFixed(1) });
}

export function nearest<T extends Placed>(listed: readonly T[], here: Here | null): T[] {
  return here ? [...listed].sort((one, other) => metres(here, one) - metres(here, other)) : [...listed];
}

// Degrees to the map's own numbers; null outside of its edges.
export function onMap(map: GridMap, there: Placed): { x: number; y: number } | null {
  if (there.lon === null || there.lat === null) return null;
  const x = (there.lon - map.west) * map.squeeze * map.scale;
  const y = (map.north - there.lat) * map.scale;
  return x >= 0 && y >= 0 && x <= map.width && y <= map.height ? { x, y } : null;
}

// Fills the position of a form, and says how exact it is.
export async function fillPosition(form: HTMLFormElement): Promise<void> {
  const [lon, lat] = ["lon", "lat"].map((name) => form.querySelector<HTMLInputElement>(`input[name=${name}]`));
  const told = form.querySelector<HTMLElement>("[data-position]");
  if (!lon || !lat || lon.value) return;
  if (told) told.textContent = told.dataset["asking"] ?? "";
  const here = await locate();
  if (here) [lon.value, lat.value] = [here.lon.toFixed(7), here.lat.toFixed(7)];
  if (!told) return;
  told.classList.toggle("lost", !here);
  const words = here ? told.dataset["found"] : told.dataset["failed"];
  told.textContent = (words ?? "").replace("{n}", String(Math.ceil(here?.accuracy ?? 0)));
}
