// Triage without waiting: the next case is fetched while this one is read, a decision is sent while the next is shown.
import "../shared/fading";
import { reveal } from "../shared/keys";
import { countDown } from "../shared/undo";
import "./due";

interface Answer {
  done: boolean;
  said: string;
  show: string;
  left: number | null;
}
interface Page {
  at: number;
  root: Promise<HTMLElement>;
}

const FRESH = 15_000; // a page fetched longer ago is fetched again: others work on the same queue
const ahead = new Map<string, Page>();
const said = document.querySelector<HTMLElement>("#said");
let root = document.querySelector<HTMLElement>("#triage");

async function read(url: string): Promise<HTMLElement> {
  const answer = await fetch(url, { headers: { Accept: "text/html" } });
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const found = page.querySelector<HTMLElement>("#triage");
  if (!found) throw new Error(answer.statusText);
  return document.adoptNode(found);
}

function prefetch(url: string | undefined): void {
  if (url && !ahead.has(url)) ahead.set(url, { at: Date.now(), root: read(url) });
}

function fetched(url: string): Promise<HTMLElement> {
  const known = ahead.get(url);
  ahead.clear();
  return known && Date.now() - known.at < FRESH ? known.root.catch(() => read(url)) : read(url);
}

async function show(url: string): Promise<void> {
  try {
    const next = await fetched(url);
    root?.replaceWith(next);
    root = next;
  } catch {
    location.assign(url); // the line is lost or the session is over: let the browser say it
    return;
  }
  history.replaceState(null, "", root?.dataset["here"] ?? url);
  begin();
  root?.querySelector<HTMLElement>("h1")?.focus({ preventScroll: true });
  scrollTo(0, 0);
}

function begin(): void {
  if (!root) return;
  reveal(root);
  prefetch(root.dataset["next"]);
}

async function send(form: HTMLFormElement, data: FormData): Promise<Answer> {
  const answer = await fetch(form.action, { method: "POST", body: data, headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error(answer.statusText);
  return (await answer.json()) as Answer;
}

function tell(answer: Answer): void {
  if (said) {
    said.innerHTML = answer.said;
    countDown(said);
  }
  const count = root?.querySelector("[data-count]");
  if (count && answer.left !== null) count.textContent = String(answer.left);
}

// Nobody may believe that a step was taken which never arrived.
function lost(here: string): void {
  const note = document.createElement("p");
  const link = document.createElement("a");
  note.className = "note bad";
  link.href = here;
  link.textContent = said?.dataset["lost"] ?? "";
  note.append(link);
  said?.replaceChildren(note);
}

let busy = Promise.resolve();

// One after the other, in the order in which they were decided.
function act(form: HTMLFormElement): void {
  const data = new FormData(form);
  const next = root?.dataset["next"] ?? location.href;
  const here = root?.dataset["here"] ?? location.href;
  const quick = form.matches("[data-quick]");
  const shown = quick ? show(next) : Promise.resolve();
  busy = busy.then(async () => {
    try {
      const answer = await send(form, data);
      await shown;
      const where = answer.show || (quick || form.matches("[data-undo]") ? "" : next);
      if (answer.done && where) await show(where);
      else if (!root?.querySelector(".decide")) await show(next); // the end was told before this one was done
      tell(answer);
    } catch {
      lost(here);
    }
  });
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!(form instanceof HTMLFormElement) || !form.matches("#triage .decide form, #said form")) return;
  event.preventDefault();
  act(form);
});
document.addEventListener("click", (event) => {
  const link = event.target instanceof Element ? event.target.closest<HTMLAnchorElement>("[data-go]") : null;
  if (!link || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  void show(link.getAttribute("href") ?? link.href);
});
countDown();
begin();
