// The page of the queue: what waits, what has arrived, and what a person has to decide.
import { clock, h, icon, say, tag } from "./draw";
import * as outbox from "./outbox";
import { again, asReport, counts, inOrder } from "./queue";
import { onNews, sync, type News } from "./send";
import { title } from "./pages";
import { worker } from "./taking";
import type { Day, Item, KeptPhoto } from "./types";

let sending: News = {};
let show = (): Promise<void> => Promise.resolve();
onNews((told) => {
  sending = told;
  void show();
});

export async function box(holder: HTMLElement, day: Day | undefined): Promise<void> {
  title(say("box"));
  show = () => shown(holder, day);
  await show();
}

async function shown(holder: HTMLElement, day: Day | undefined): Promise<void> {
  const who = await worker();
  const items = inOrder(await outbox.all());
  const mine = items.filter((item) => item.account === who);
  const n = counts(items, who);
  const photos = new Map(await Promise.all(mine.map(async (item) => [item.id, await outbox.photosOf(item.id)] as const)));
  const open = holder.querySelector("details[open]")?.getAttribute("data-item");
  const others = items.filter((item) => item.account !== who && item.state !== "sent").length;
  holder.replaceChildren(
    h("p", { class: "row sums-line" }, ...sums(n)),
    ...(n.waiting ? [h("p", {}, sendButton())] : []),
    ...(others ? [h("p", { class: "note soon" }, say("others", { n: others }))] : []),
    list([...mine].reverse(), photos, open ?? ""),
    h("p", {}, h("a", { class: "button wide thumb", href: "/field/report/" }, icon("camera"), say("report"))),
    ...(day ? [h("p", { class: "hint" }, say("kept-day", { at: clock(Date.parse(day.at)), n: day.tasks.length, m: day.rounds.length }))] : []),
  );
}

function sums(n: { waiting: number; stuck: number; sent: number }): HTMLElement[] {
  const parts = [tag(say("waiting", { n: n.waiting }), "unsent", "save")];
  if (n.stuck) parts.push(tag(say("stuck", { n: n.stuck }), "stuck", "cross"));
  parts.push(tag(say("sent", { n: n.sent }), "arrived", "check"));
  return parts;
}

function sendButton(): HTMLElement {
  const button = h("button", { type: "button", class: "first wide thumb" }, sending.sending ? progress() : say("send-now"));
  button.addEventListener("click", () => void sync(true));
  return button;
}

function progress(): string {
  return sending.photos ? say("sending-photo", { n: sending.photo ?? 0, m: sending.photos }) : say("sending");
}

function list(items: readonly Item[], photos: ReadonlyMap<string, KeptPhoto[]>, open: string): HTMLElement {
  if (!items.length) return h("div", { class: "card" }, h("p", { class: "soft" }, say("empty")));
  return h("ul", { class: "cases queue" }, ...items.map((item) => h("li", { class: item.state }, entry(item, photos.get(item.id) ?? [], open))));
}

function entry(item: Item, photos: readonly KeptPhoto[], open: string): HTMLElement {
  const state = sending.sending === item.id ? tag(progress(), "unsent", "dispatch") : stateTag(item);
  const about = [clock(item.made), photos.length ? say("photos", { n: photos.length }) : "", numberOf(item)].filter(Boolean).join(" · ");
  const parts = [h("strong", {}, item.title), h("span", { class: "row" }, state), h("span", { class: "soft small figures" }, about)];
  if (item.state === "sent") return h("div", { class: "item" }, ...parts);
  if (item.state === "stuck") return h("div", { class: "item" }, ...parts, trouble(item));
  const more = h("details", { "data-item": item.id }, h("summary", { class: "small" }, say("more")), dropButton(item));
  more.toggleAttribute("open", open === item.id);
  return h("div", { class: "item" }, ...parts, more);
}

function stateTag(item: Item): HTMLElement {
  if (item.state === "sent") return tag([say("arrived"), item.number].filter(Boolean).join(" "), "arrived", "check");
  if (item.state === "stuck") return tag(say("conflict"), "stuck", "cross");
  return tag(say("unsent"), "unsent", "save");
}

// What changed, and what may be done about it.
function trouble(item: Item): HTMLElement {
  const since = (item.newer?.since ?? []).map((one) => h("li", {}, [one.at, one.who, one.title].join(" "), ...(one.text ? [h("br"), one.text] : [])));
  const now = item.newer ? [h("p", {}, say("now", { state: item.newer.state }))] : [];
  const acts = [...(item.newer?.may === false ? [] : [againButton(item)]), reportButton(item), look(item), dropButton(item)];
  return h("div", { class: "trouble" }, h("p", {}, item.words ?? ""), ...now, h("ul", {}, ...since), h("div", { class: "acts" }, ...acts));
}

function act(words: string, kind: string, does: () => Promise<unknown>): HTMLElement {
  const button = h("button", { type: "button", class: `${kind} wide thumb` }, words);
  button.addEventListener("click", () => {
    void does().then(() => sync(true));
  });
  return button;
}

function againButton(item: Item): HTMLElement {
  return act(say("again"), "first", () => outbox.put(again(item)));
}

function reportButton(item: Item): HTMLElement {
  const words = say("about", { title: [item.title, numberOf(item)].filter(Boolean).join(" ") });
  return act(say("as-report"), "", () => outbox.replace(item.id, asReport(item, crypto.randomUUID(), words)));
}

function numberOf(item: Item): string {
  return /^\/field\/cases\/([^/]+)\/$/.exec(item.url)?.[1] ?? "";
}

function look(item: Item): HTMLElement {
  return h("a", { class: "button wide thumb", href: item.url }, say("look"));
}

function dropButton(item: Item): HTMLElement {
  return act(say("drop"), "grave", async () => {
    if (confirm(say("drop-sure", { title: item.title }))) await outbox.discard(item.id);
  });
}
