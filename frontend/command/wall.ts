// The command centre: lists are on the page from the start, the map comes when it is ready, what happens comes live.
import { Atlas } from "./atlas";
import { Board, whisper } from "./board";
import { Drawer, urge } from "./drawer";
import { Live } from "./live";
import { isWall, kept, LAYERS, pageData, remember, the } from "./page";
import { Replay } from "./replay";
import type { Layer } from "../shared/map/style";

const RETRY = 15_000;

let data = pageData(document);
let atlas: Atlas | null = null;
let replay: Replay | null = null;

const board = new Board(data, (at) => live.refreshed(at));
const drawer = new Drawer(() => data, refresh);
const live = new Live(data, {
  cases: (mine) => {
    if (!replay?.isOn) mine.forEach(({ lon, lat }) => lon !== null && lat !== null && atlas?.flash(lon, lat));
    refresh();
  },
  missed: refresh,
});

function refresh(): void {
  board.ask();
  atlas?.ask();
}

function layerAsked(): Layer {
  const asked = new URLSearchParams(location.search).get("layer");
  return LAYERS.find((layer) => layer === asked) ?? "efficiency";
}

async function visit(link: string, push: boolean): Promise<void> {
  replay?.end();
  try {
    data = await board.visit(link);
  } catch {
    return location.assign(link);
  }
  if (push) history.pushState(null, "", kept(link));
  live.look(data);
  atlas?.visit(data);
  board.ask();
  whisper(the("#crumbs [aria-current]").textContent ?? "");
}

function drill(code: string): void {
  const asked = new URLSearchParams(data.query);
  asked.set("place", code);
  void visit(`?${asked}`, true);
}

function up(): void {
  const steps = document.querySelectorAll<HTMLAnchorElement>("#crumbs a");
  const above = steps[steps.length - 2];
  if (above) void visit(above.href, true);
}

// Links within the page drill, links to a case open it beside; with a key held they do what links do.
function follow(event: MouseEvent): void {
  const link = event.target instanceof Element ? event.target.closest<HTMLAnchorElement>("a[href]") : null;
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button > 0) return;
  const { pathname, search } = new URL(link.href);
  const number = new RegExp(`^${data.urls.home}cases/([^/]+)/$`).exec(pathname)?.[1];
  if (number) void drawer.open(decodeURIComponent(number));
  else if (pathname === data.urls.home && link.closest("[data-part]")) void visit(search, true);
  else return;
  event.preventDefault();
}

function chooseLayer(layer: Layer): void {
  for (const button of document.querySelectorAll<HTMLElement>("[data-layer]")) {
    button.setAttribute("aria-pressed", String(button.dataset["layer"] === layer));
  }
  document.querySelectorAll<HTMLElement>("[data-legend]").forEach((one) => (one.hidden = one.dataset["legend"] !== layer));
  remember({ layer: layer === "efficiency" ? "" : layer });
  atlas?.choose(layer);
}

function press(event: MouseEvent): void {
  const button = event.target instanceof Element ? event.target.closest<HTMLElement>("button") : null;
  if (button?.dataset["layer"]) chooseLayer(button.dataset["layer"] as Layer);
  else if (button?.dataset["zoom"]) atlas?.zoom(Number(button.dataset["zoom"]), event);
  else if (button?.id === "still") {
    const paused = button.getAttribute("aria-pressed") !== "true";
    button.setAttribute("aria-pressed", String(paused));
    atlas?.pausePulse(paused);
  }
}

function rowOf(event: Event): string | null {
  const row = event.target instanceof Element ? event.target.closest<HTMLElement>("[data-code]") : null;
  return row?.dataset["code"] ?? null;
}

function escape(event: KeyboardEvent): void {
  if (event.key !== "Escape") return;
  if (drawer.isOpen) drawer.close();
  else up();
}

function listen(): void {
  document.addEventListener("click", follow);
  document.addEventListener("click", press);
  document.addEventListener("keydown", escape);
  document.addEventListener("submit", (event) => void urge(event, refresh));
  document.addEventListener("focusin", (event) => atlas?.approach(rowOf(event)));
  document.addEventListener("mouseover", (event) => {
    if (!(event.target as Element).closest("#map")) atlas?.approach(rowOf(event));
  });
  window.addEventListener("popstate", () => void visit(location.search, false));
  document.addEventListener("change", (event) => {
    const form = event.target instanceof Element ? event.target.closest<HTMLFormElement>("#filters") : null;
    if (form) form.requestSubmit();
  });
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!(form instanceof HTMLFormElement) || form.id !== "filters") return;
    event.preventDefault();
    void visit(`?${new URLSearchParams(new FormData(form) as unknown as Record<string, string>)}`, true);
  });
}

// A wall that boots before its network tries until the map is there.
async function openMap(): Promise<void> {
  const state = the<HTMLElement>("#map-state");
  try {
    atlas = await Atlas.open(data, layerAsked(), {
      picked: drill,
      casePicked: (number) => void drawer.open(number),
    });
  } catch {
    state.textContent = data.words["no_map"] ?? "";
    setTimeout(() => void openMap(), RETRY);
    return;
  }
  state.hidden = true;
  document.documentElement.dataset["map"] = "open";
  if (!isWall()) replay = new Replay(() => data, atlas);
}

function startClock(): void {
  const shown = document.querySelector<HTMLElement>("#clock");
  const form: Intl.DateTimeFormatOptions = { dateStyle: isWall() ? "full" : "medium", timeStyle: "short", hourCycle: "h23" };
  const words = new Intl.DateTimeFormat(document.documentElement.lang, form);
  const tell = (): void => {
    if (shown) shown.textContent = words.format(new Date());
  };
  tell();
  setInterval(tell, 10_000);
}

document.querySelectorAll<HTMLElement>(".unscripted").forEach((one) => (one.hidden = true));
chooseLayer(layerAsked());
listen();
startClock();
requestAnimationFrame(() => setTimeout(() => void openMap())); // the lists are painted first
