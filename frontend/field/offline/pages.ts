// The pages that the phone draws by itself: a report, a case with its steps, one patrol or visit.
import { due, fragment, h, icon, say, tag } from "./draw";
import { home, pending, rounds } from "./home";
import * as outbox from "./outbox";
import { endsRound, lastDone } from "./queue";
import type { Call, Day, Item, Step, Task } from "./types";

export async function draw(path: string, box: HTMLElement, day: Day): Promise<void> {
  const [place, name] = path.replace(/^\/field\//, "").split("/");
  const found = await page(place ?? "", decodeURIComponent(name ?? ""), box, day);
  if (found) return;
  title(say("no-network"));
  box.replaceChildren(h("div", { class: "card" }, h("p", {}, say("needs-network"))));
}

async function page(place: string, name: string, box: HTMLElement, day: Day): Promise<boolean> {
  if (!place) return title(say("grid")), await home(box, day), true;
  if (place === "report") return title(say("report")), report(box, day), true;
  if (place === "rounds" && !name) return title(say("today")), await rounds(box, day), true;
  const task = place === "cases" ? day.tasks.find((one) => one.number === name) : undefined;
  if (task) return title(task.title), await taskPage(box, day, task), true;
  const call = place === "rounds" ? day.rounds.find((one) => String(one.id) === name) : undefined;
  if (call) return title(call.where), await callPage(box, day, call), true;
  return false;
}

export function title(words: string): void {
  const head = document.querySelector("h1");
  if (head) head.textContent = words;
  document.title = words;
}

function report(box: HTMLElement, day: Day): void {
  box.replaceChildren(fragment(day.report));
  const holder = box.querySelector<HTMLElement>("[data-asked]");
  const chips = box.querySelector<HTMLElement>("[data-asks]");
  chips?.removeAttribute("data-asks");
  chips?.addEventListener("change", (event) => {
    const chosen = (event.target as HTMLInputElement).value;
    const html = day.forms[day.asked[chosen] ?? ""];
    holder?.replaceChildren(...(html ? (fragment(html).firstElementChild?.childNodes ?? []) : []));
  });
}

async function taskPage(box: HTMLElement, day: Day, task: Task): Promise<void> {
  const items = await outbox.all();
  const facts: [string, string][] = [
    [say("category"), task.category],
    [say("where"), [task.place, task.address].filter(Boolean).join(" ")],
    [say("unit"), task.unit],
  ];
  const known = facts.filter(([, value]) => value).flatMap(([key, value]) => [h("dt", {}, key), h("dd", {}, value)]);
  const marks = [tag(task.state.title, `stage-${task.state.stage}`, task.state.icon), ...pending(task.number, items)];
  box.replaceChildren(
    h("p", { class: "row" }, ...marks, ...(task.due ? [due(task.due)] : [])),
    h("p", { class: "soft figures" }, task.number),
    ...(task.text && task.text !== task.title ? [h("p", { class: "said" }, task.text)] : []),
    steps(day, task, items),
    h("section", { class: "card" }, h("dl", { class: "facts" }, ...known)),
    h("p", { class: "hint" }, say("as-known", { at: new Date(day.at).toLocaleTimeString([], { timeStyle: "short" }) })),
  );
}

// What was done already without a network goes before: its step is followed by what it leads to.
function steps(day: Day, task: Task, items: readonly Item[]): HTMLElement {
  const line = `/field/cases/${task.number}/`;
  const before = lastDone(items, line, task.version);
  const taken = before?.fields.find(([name]) => name === "step")?.[1];
  const open = before ? (task.steps.find((one) => one.key === taken)?.then ?? []) : task.steps;
  const forms = open.map((step) => stepForm(day, task, step, open.length === 1, before));
  const none = h("p", { class: "soft" }, say(before ? "step-unsent" : "no-step"));
  return h("section", { class: "card" }, h("h2", {}, say("can-do")), ...(forms.length ? forms : [none]));
}

function stepForm(day: Day, task: Task, step: Step, alone: boolean, before: Item | undefined): HTMLElement {
  const holder = h("div");
  holder.append(fragment(day.forms[step.form] ?? ""));
  const form = holder.querySelector("form");
  form?.querySelector("[name=version]")?.setAttribute("value", String(task.version));
  form?.setAttribute("data-title", task.title);
  form?.setAttribute("data-does", step.title);
  if (before) form?.setAttribute("data-after", before.id);
  if (step.direct) return holder;
  const marks = { class: "step", name: "step", ...(alone ? { open: "" } : {}) };
  return h("details", marks, h("summary", {}, step.title), holder);
}

async function callPage(box: HTMLElement, day: Day, call: Call): Promise<void> {
  const line = `/field/rounds/${call.id}/`;
  const sent = (await outbox.all()).some((item) => item.line === line && endsRound(item));
  const about = [call.kind, call.address].filter(Boolean).join(" · ");
  box.replaceChildren(
    h("p", { class: "soft" }, about, h("br"), call.plans.join(" · ")),
    h("p", { class: "row" }, due(call.due)),
    sent ? h("p", { class: "note" }, say("step-unsent")) : fragment(call.form + (day.forms[call.tail] ?? "")),
    h("p", {}, h("a", { class: "button plain wide", href: "/field/rounds/" }, icon("check"), say("today"))),
  );
}
