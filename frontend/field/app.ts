// A grid worker's phone: the queue, the day that is kept for times without a network, and the worker that serves it.
import "../shared/fading";
import { h, icon, say } from "./offline/draw";
import { box } from "./offline/box";
import { home } from "./offline/home";
import { draw } from "./offline/pages";
import * as outbox from "./offline/outbox";
import { fillPosition } from "./offline/place";
import { counts } from "./offline/queue";
import { onNews, sync, type News } from "./offline/send";
import { account, isShell, takeForms, worker } from "./offline/taking";
import { follow, newTasks, tellOf } from "./offline/told";
import type { Day } from "./offline/types";
import { register } from "./offline/worker";
import { signOut } from "./offline/leaving";
import { switchNight } from "./offline/night";

const FRESH = 60_000;
const OFTEN = 20_000;
const QUEUE = "/field/outbox/";

async function freshDay(known: Day | undefined): Promise<Day | undefined> {
  const here = account();
  if (known && Date.now() - Date.parse(known.at) < FRESH && (!here || known.account === here) && sameLanguage(known)) return known;
  try {
    const answer = await fetch("/field/day.json", { redirect: "manual", cache: "no-store" });
    if (answer.type === "opaqueredirect" || answer.status === 403) await outbox.forgetDay();
    if (!answer.ok) return known;
    const fresh = (await answer.json()) as Day;
    await outbox.keepDay(fresh);
    return fresh;
  } catch {
    return known;
  }
}

function sameLanguage(day: Day): boolean {
  return day.language.slice(0, 2) === document.documentElement.lang.slice(0, 2);
}

// Another person's work is not for whoever holds the phone now.
async function ownDay(): Promise<Day | undefined> {
  const known = await outbox.day();
  if (known && account() && known.account !== account()) return await outbox.forgetDay(), undefined;
  return known;
}

async function bar(told: News): Promise<void> {
  const holder = document.querySelector<HTMLElement>("[data-bar]");
  const badge = document.querySelector<HTMLElement>("[data-badge]");
  const n = counts(await outbox.all(), await worker());
  if (badge) [badge.textContent, badge.hidden] = [String(n.waiting + n.stuck), !(n.waiting + n.stuck)];
  if (!holder) return;
  const [kind, shape, words] = standing(n, told);
  holder.hidden = !words;
  holder.className = `syncbar ${kind}`;
  holder.replaceChildren(h("a", { href: "/field/outbox/" }, icon(shape), words));
}

function standing(n: ReturnType<typeof counts>, told: News): [string, string, string] {
  if (told.sending) return ["", "dispatch", told.photos ? say("sending-photo", { n: told.photo ?? 0, m: told.photos }) : say("sending")];
  if (n.stuck) return ["bad", "cross", say("stuck", { n: n.stuck })];
  if (told.stopped === "signed-out" && n.waiting) return ["soon", "user", say("sign-in", { n: n.waiting })];
  if (n.waiting) return ["soon", "save", say("waiting", { n: n.waiting })];
  return navigator.onLine ? ["", "", ""] : ["", "save", say("offline")];
}

function said(): void {
  const words = sessionStorage.getItem("said");
  sessionStorage.removeItem("said");
  if (words) document.querySelector("main")?.prepend(h("div", { class: "note good", role: "status" }, h("p", {}, words)));
}

async function show(day: Day | undefined): Promise<void> {
  const shell = document.querySelector<HTMLElement>("[data-shell]");
  if (shell) dress(day);
  const mine = document.querySelector<HTMLElement>("[data-home]");
  if (shell && location.pathname === QUEUE) return box(shell, day);
  if (shell && day) return draw(location.pathname, shell, day);
  if (shell) shell.replaceChildren(h("p", { class: "card" }, say("no-day")));
  else if (mine && day) await home(mine, day);
}

// The shell is one page for every address: whose it is, and where it stands.
function dress(day: Day | undefined): void {
  document.documentElement.classList.toggle("large-type", document.cookie.includes("large=1"));
  const who = document.querySelector(".head .push");
  if (who) who.textContent = day?.name ?? "";
  const tabs = [...document.querySelectorAll<HTMLAnchorElement>(".tabs a")];
  const here = tabs.filter((tab) => location.pathname.startsWith(tab.pathname)).at(-1);
  for (const tab of tabs) tab.toggleAttribute("aria-current", false);
  here?.setAttribute("aria-current", "page");
  const settings = document.querySelector<HTMLElement>(".settings");
  if (settings) settings.hidden = location.pathname !== QUEUE;
}

// Pages that the phone drew get what the pages of the node have.
async function enliven(): Promise<void> {
  await Promise.all([import("../shared/photos"), import("../shared/forms"), import("../shared/busy"), import("./offline/walk")]);
  for (const form of document.querySelectorAll<HTMLFormElement>("form")) {
    if (form.querySelector("[data-position]")) void fillPosition(form);
  }
}

// What was sent changed the day's work: it is asked for again.
function followSending(): void {
  let worked = false;
  onNews((told) => {
    void bar(told);
    if (told.stopped && worked) void freshDay(undefined);
    worked = told.sending !== undefined;
  });
}

// The node says that something changed here.
async function hear(): Promise<void> {
  const known = await ownDay();
  const fresh = await freshDay(undefined);
  if (!fresh) return;
  tellOf(await newTasks(known, fresh));
  if (document.querySelector("[data-home]")) await show(fresh);
}

function keepSending(): void {
  const later = (): void => void sync();
  addEventListener("online", () => void sync(true).then(() => outbox.day()).then(freshDay));
  addEventListener("offline", () => void bar({}));
  document.addEventListener("visibilitychange", () => document.hidden || later());
  setInterval(later, OFTEN);
  later();
}

async function begin(): Promise<void> {
  said();
  switchNight();
  if (!isSecureContext || !("indexedDB" in window)) return enliven();
  takeForms();
  signOut();
  const known = await ownDay();
  await show(known);
  await enliven();
  followSending();
  await bar({});
  keepSending();
  await outbox.tidy(Date.now());
  await navigator.storage?.persist?.();
  register();
  follow(hear);
  const fresh = await freshDay(known);
  if (!fresh || fresh === known) return;
  if (!isShell() || location.pathname === QUEUE) await show(fresh);
  else if (!known) location.reload();
}

void begin();
