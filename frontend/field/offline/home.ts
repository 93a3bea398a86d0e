// My grid on a map, and what waits there, nearest first.
import { due, h, icon, say, svg, tag } from "./draw";
import * as outbox from "./outbox";
import { away, locate, locateQuietly, metres, nearest, onMap, type Here } from "./place";
import { endsRound } from "./queue";
import type { Call, Day, GridMap, Item, Task } from "./types";

const BESIDE = 22; // so that whoever stands in the middle of the grid does not stand on its name

export async function home(box: HTMLElement, day: Day): Promise<void> {
  const items = await outbox.all();
  const show = (here: Here | null): void => {
    const first = h("a", { class: "button first wide thumb", href: "/field/report/" }, icon("camera"), say("report"));
    const map = day.map ? [drawn(day.map, day.tasks, here)] : [];
    const title = h("h2", {}, say(here ? "nearby" : "soonest"));
    const asking = here || !day.tasks.length ? [] : [nearButton(show)];
    box.replaceChildren(h("p", {}, first), ...map, title, ...asking, taskList(nearest(day.tasks, here), items, here));
  };
  show(null);
  void locateQuietly().then((here) => here && show(here));
}

function nearButton(show: (here: Here | null) => void): HTMLElement {
  const button = h("button", { type: "button", class: "wide thumb" }, icon("pin"), say("by-distance"));
  button.addEventListener("click", () => void locate().then(show));
  return h("p", {}, button);
}

export function taskList(tasks: readonly Task[], items: readonly Item[], here: Here | null): HTMLElement {
  if (!tasks.length) return h("div", { class: "card" }, h("p", { class: "soft" }, say("none")));
  return h("ul", { class: "cases" }, ...tasks.map((task) => h("li", {}, card(task, items, here))));
}

function card(task: Task, items: readonly Item[], here: Here | null): HTMLElement {
  const distance = here ? away(metres(here, task)) : "";
  const marks = [tag(task.state.title, `stage-${task.state.stage}`, task.state.icon), ...pending(task.number, items)];
  if (task.due) marks.push(due(task.due));
  if (distance) marks.push(h("span", { class: "small figures" }, distance));
  return h(
    "a",
    { href: `/field/cases/${task.number}/` },
    h("strong", {}, task.title),
    h("span", { class: "row" }, ...marks),
    h("span", { class: "soft small" }, `${task.category} · ${task.place}`),
  );
}

export function pending(number: string, items: readonly Item[]): HTMLElement[] {
  const mine = items.filter((item) => item.line === `/field/cases/${number}/` && item.state !== "sent");
  if (!mine.length) return [];
  const stuck = mine.some((item) => item.state === "stuck");
  return [stuck ? tag(say("conflict"), "stuck", "cross") : tag(say("unsent"), "unsent", "save")];
}

function drawn(map: GridMap, tasks: readonly Task[], here: Here | null): HTMLElement {
  const patches = map.patches.map((one) => svg("path", { class: one.own ? "own" : "near", d: one.d }));
  const names = map.patches.filter((one) => one.name).map((one) => name(one.name, one.x, one.own ? one.y - BESIDE : one.y, one.own));
  const spots = tasks.flatMap((task) => spot(map, task));
  const me = here ? onMap(map, here) : null;
  const mine = me ? [svg("circle", { class: "me", cx: me.x, cy: me.y, r: 6 })] : [];
  const picture = svg(
    "svg",
    { class: "map", viewBox: `0 0 ${map.width} ${map.height}`, role: "group", "aria-label": say("map") },
    ...patches,
    ...names,
    ...spots,
    ...mine,
  );
  const note = map.simulated ? [h("p", { class: "hint" }, say("simulated"))] : [];
  return h("div", { class: "mine" }, picture, ...note);
}

function name(words: string, x: number, y: number, own: boolean): SVGElement {
  const text = svg("text", own ? { class: "name", x, y } : { x, y });
  text.textContent = words;
  return text;
}

function spot(map: GridMap, task: Task): SVGElement[] {
  const at = onMap(map, task);
  if (!at) return [];
  const title = svg("title", {});
  title.textContent = task.title;
  const late = Date.parse(task.due) < Date.now();
  const mark = late
    ? svg("path", { class: "spot late", d: `M${at.x} ${at.y - 9}l9 16h-18z` })
    : svg("circle", { class: "spot", cx: at.x, cy: at.y, r: 8 });
  mark.append(title);
  return [svg("a", { href: `/field/cases/${task.number}/`, "aria-label": task.title }, mark)];
}

export async function rounds(box: HTMLElement, day: Day): Promise<void> {
  const done = new Set((await outbox.all()).filter(endsRound).map((item) => item.line));
  const open = day.rounds.filter((one) => Date.parse(one.due) > Date.now() && !done.has(`/field/rounds/${one.id}/`));
  const show = (here: Here | null): void => {
    const listed = nearest(open, here).map((one) => h("li", {}, call(one, here)));
    const none = h("div", { class: "card" }, h("p", { class: "soft" }, say("no-rounds")));
    box.replaceChildren(h("p", { class: "soft" }, say("calls", { n: open.length })), listed.length ? h("ul", { class: "cases" }, ...listed) : none);
  };
  show(null);
  void locateQuietly().then((here) => here && show(here));
}

function call(one: Call, here: Here | null): HTMLElement {
  const distance = here ? away(metres(here, one)) : "";
  return h(
    "a",
    { href: `/field/rounds/${one.id}/` },
    h("strong", {}, one.where),
    ...(one.address ? [h("span", { class: "soft small" }, one.address)] : []),
    h("span", { class: "row" }, due(one.due), h("span", { class: "small figures" }, distance)),
    h("span", { class: "small" }, [one.kind, ...one.plans].filter(Boolean).join(" · ")),
  );
}
