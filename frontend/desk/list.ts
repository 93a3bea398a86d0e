// Rows of cases: chosen many at once, walked through by keys, and on wide screens looked at beside the list.
import "../shared/fading";
import "../shared/keys";
import { countDown } from "../shared/undo";
import "./due";
import { beginMap, markOnMap } from "../shared/list_map";

const WIDE = matchMedia("(min-width: 75rem)");
const all = document.querySelector<HTMLInputElement>("#choose-all");
const boxes = [...document.querySelectorAll<HTMLInputElement>("input[name=case]")];
const count = document.querySelector<HTMLElement>("#chosen-count");
const rows = [...document.querySelectorAll<HTMLElement>("tr[data-number]")];
const split = document.querySelector<HTMLElement>(".split");
const panel = document.querySelector<HTMLElement>(".beside-list");
let asked = 0;

function tell(): void {
  const chosen = boxes.filter((box) => box.checked).length;
  if (count) count.textContent = String(chosen);
  if (all) {
    all.checked = chosen > 0 && chosen === boxes.length;
    all.indeterminate = chosen > 0 && chosen < boxes.length;
  }
}

const linkOf = (row: HTMLElement | undefined): HTMLAnchorElement | null | undefined => row?.querySelector<HTMLAnchorElement>("td.figures a");
const numberOf = (row: HTMLElement | undefined): string => row?.dataset["number"] ?? "";
const current = (): number => rows.findIndex((row) => row.classList.contains("current"));

function mark(number: string): void {
  for (const row of rows) row.classList.toggle("current", numberOf(row) === number);
  for (const row of rows) linkOf(row)?.toggleAttribute("aria-current", numberOf(row) === number);
  markOnMap(number);
}

function address(number: string): string {
  const query = new URLSearchParams(split?.dataset["query"] ?? "");
  if (number) query.set("case", number);
  return `${location.pathname}?${query.toString()}`;
}

// The case as its own address answers it, for this list. Whoever walks fast sees the last one only.
async function show(number: string, record: boolean): Promise<void> {
  if (!split || !panel) return;
  mark(number);
  split.classList.toggle("picked", Boolean(number));
  if (record) history.pushState({ number }, "", address(number));
  const turn = ++asked;
  if (!number) return void panel.replaceChildren();
  const back = new URLSearchParams({ back: split.dataset["query"] ?? "" });
  const answer = await fetch(`${split.dataset["list"] ?? ""}${number}/beside/?${back.toString()}`);
  if (turn !== asked) return;
  if (!answer.ok || answer.redirected) return location.assign(`${split.dataset["list"] ?? ""}${number}/`);
  panel.innerHTML = await answer.text();
  panel.scrollTop = 0;
  countDown(panel);
  bindPanel();
}

function bindPanel(): void {
  panel?.querySelector("[data-close]")?.addEventListener("click", () => void show("", true));
}

const choose = (number: string): void => void (split && WIDE.matches ? show(number, true) : location.assign(`${split?.dataset["list"] ?? "/desk/cases/"}${number}/`));

function walk(by: number): void {
  const at = current();
  const row = rows[at < 0 ? 0 : Math.min(Math.max(at + by, 0), rows.length - 1)];
  if (!row) return;
  row.scrollIntoView({ block: "nearest" });
  linkOf(row)?.focus({ preventScroll: true });
  if (split && WIDE.matches) void show(numberOf(row), true);
  else mark(numberOf(row));
}

const KEYS: Record<string, () => void> = {
  j: () => walk(1),
  k: () => walk(-1),
  x: () => rows[current()]?.querySelector<HTMLInputElement>("input[name=case]")?.click(),
};

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || document.documentElement.classList.contains("no-keys")) return;
  if (!(event.target instanceof HTMLElement) || document.querySelector("dialog[open]")) return;
  const isTyping = event.target.closest("input:not([type=checkbox]), select, textarea");
  if (!isTyping && KEYS[event.key]) return KEYS[event.key]?.();
  if (event.key === "Escape" && !event.target.closest("details[open]") && split?.classList.contains("picked")) void show("", true);
});

for (const row of rows) {
  row.addEventListener("click", (event) => {
    const target = event.target instanceof HTMLElement ? event.target : row;
    if (!split || !WIDE.matches || event.ctrlKey || event.metaKey || target.closest("input")) return;
    if (target.closest("a") && event.detail === 0) return; // Enter on the number opens the case's page
    event.preventDefault();
    void show(numberOf(row), true);
  });
}

window.addEventListener("popstate", () => void show(new URLSearchParams(location.search).get("case") ?? "", false));
if (all) {
  all.hidden = false;
  all.addEventListener("change", () => {
    boxes.forEach((box) => (box.checked = all.checked));
    tell();
  });
}
boxes.forEach((box) => box.addEventListener("change", tell));
tell();
countDown();
bindPanel();
beginMap(choose);
const first = new URLSearchParams(location.search).get("case");
if (first && split) {
  if (WIDE.matches) mark(first);
  else location.replace(`${split.dataset["list"] ?? ""}${first}/`);
}
