// Every form of these pages goes through the queue: kept on the phone first, then sent.
import { h, say } from "./draw";
import * as outbox from "./outbox";
import { sync } from "./send";
import type { Item, KeptPhoto } from "./types";

const PATIENCE = 8_000;
const CAPTURED = "_captured";
const TAKEN = /^\/field\/(report\/|cases\/[^/]+\/|rounds\/\d+\/)$/;

export function account(): string {
  return document.body.dataset["account"] ?? "";
}

// Of a page that was kept as it is: nobody's, so whose day lies on the phone says who works.
export async function worker(): Promise<string> {
  return account() || (await outbox.day())?.account || "";
}

export function isShell(): boolean {
  return document.querySelector("[data-shell]") !== null;
}

export function takeForms(): void {
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || !(form instanceof HTMLFormElement) || form.method !== "post") return;
    if (!TAKEN.test(new URL(form.action).pathname)) return;
    event.preventDefault();
    void take(form, event.submitter);
  });
}

async function take(form: HTMLFormElement, pressed: HTMLElement | null): Promise<void> {
  if (form.dataset["taken"]) return;
  form.dataset["taken"] = "1";
  const who = await worker();
  if (!who) return native(form, pressed);
  const [item, photos] = itemOf(form, pressed, who);
  try {
    await outbox.put(item, photos);
  } catch (why) {
    delete form.dataset["taken"];
    return full(form, why);
  }
  void askLater();
  if (isShell() || !navigator.onLine) return location.assign("/field/outbox/");
  await settle(item, form, pressed);
}

function itemOf(form: HTMLFormElement, pressed: HTMLElement | null, who: string): [Item, KeptPhoto[]] {
  const url = new URL(form.action).pathname;
  const id = crypto.randomUUID();
  const filled = new FormData(form);
  if (pressed instanceof HTMLButtonElement && pressed.name) filled.set(pressed.name, pressed.value);
  const fields: [string, string][] = [];
  const photos: KeptPhoto[] = [];
  for (const [name, value] of filled) {
    if (typeof value !== "string") {
      const at = photos.filter((photo) => photo.field === fieldOf(name)).length;
      if (value.size) photos.push(kept(name, value, id, String(filled.getAll(`${name}${CAPTURED}`)[at] ?? "")));
    } else if (!name.endsWith(CAPTURED)) fields.push([name, value]);
  }
  const plain = fields.filter(([name]) => name !== "csrfmiddlewaretoken" && name !== "source_id");
  if (url === "/field/report/") plain.push(["source_id", id]);
  const line = url === "/field/report/" ? id : url;
  const after = form.dataset["after"];
  const item: Item = { id, account: who, line, url, title: titleOf(form, pressed), fields: plain, made: Date.now(), tries: 0, next: 0, state: "waiting" };
  return [after ? { ...item, after } : item, photos];
}

function fieldOf(name: string): string {
  return name === "photos" ? "kept_photo" : `kept_${name}`;
}

// `captured`: what the photo was when it was chosen; it travels with the photo.
function kept(name: string, blob: Blob, item: string, captured: string): KeptPhoto {
  return { key: crypto.randomUUID(), item, field: fieldOf(name), blob, captured, there: false };
}

// What the list of the queue calls it.
function titleOf(form: HTMLFormElement, pressed: HTMLElement | null): string {
  const chosen = form.querySelector("input[name=category]:checked + span")?.textContent;
  const written = form.querySelector<HTMLTextAreaElement>("#text")?.value;
  const about = form.dataset["title"] ?? document.querySelector("h1")?.textContent ?? "";
  if (form.querySelector("input[name=source_id]")) return chosen ?? written?.slice(0, 40) ?? about;
  return [about, form.dataset["does"] ?? pressed?.textContent].filter(Boolean).join(" · ").trim();
}

// On a page of the node: to where the node says, or back to the node's own words about what is wrong.
async function settle(item: Item, form: HTMLFormElement, pressed: HTMLElement | null): Promise<void> {
  await Promise.race([sync(true), new Promise((done) => setTimeout(done, PATIENCE))]);
  const now = await outbox.one(item.id);
  if (now?.state === "sent") {
    sessionStorage.setItem("said", now.words ?? "");
    location.assign(now.href ?? "/field/");
  } else if (now?.state === "stuck" && !now.after) {
    await outbox.discard(item.id);
    native(form, pressed);
  } else location.assign("/field/outbox/");
}

function native(form: HTMLFormElement, pressed: HTMLElement | null): void {
  if (pressed instanceof HTMLButtonElement && pressed.name) {
    form.append(h("input", { type: "hidden", name: pressed.name, value: pressed.value }));
  }
  HTMLFormElement.prototype.submit.call(form);
}

// What was typed and photographed stays in the form.
function full(form: HTMLFormElement, why: unknown): void {
  const quota = why instanceof DOMException && why.name === "QuotaExceededError";
  const note = h("div", { class: "note bad", role: "alert", tabindex: "-1" }, h("p", {}, say(quota ? "full" : "unkept")));
  form.querySelector(":scope > .note.bad")?.remove();
  form.prepend(note);
  note.focus();
}

// A bonus where the browser has it: it sends when the network is back, though the page is closed.
async function askLater(): Promise<void> {
  const waiting = (await navigator.serviceWorker?.ready) as { sync?: { register(tag: string): Promise<void> } } | undefined;
  await waiting?.sync?.register("outbox").catch(() => undefined);
}
