// What just happened is on the page before the panels are read anew: counters move, the newest events stand first.
import { isWithin } from "../shared/map/drill";
import { listen, type LiveCase, type LiveMessage, type LiveState } from "../shared/live";
import { clock, filled, number, the, type PageData } from "./page";

const MOST = 12; // events that stand in the list

export interface Ears {
  cases: (mine: LiveCase[]) => void; // those within place and filters
  missed: () => void;
}

export class Live {
  private readonly stopListening: () => void;
  private state: LiveState = "connected";
  private at = new Date();

  constructor(
    private data: PageData,
    private readonly ears: Ears,
  ) {
    this.stopListening = listen(data.urls.stream, data.urls.ticket, {
      onCases: (message) => this.hear(message),
      onResync: () => ears.missed(),
      onState: (state) => this.turn(state),
      onVersion: () => location.reload(),
    });
  }

  look(data: PageData): void {
    this.data = data;
  }

  refreshed(at: Date): void {
    this.at = at;
    this.tell();
  }

  stop(): void {
    this.stopListening();
  }

  private hear(message: LiveMessage): void {
    this.at = new Date(message.at);
    this.tell();
    const mine = message.cases.filter((one) => this.concerns(one));
    mine.forEach((one) => this.count(one));
    mine.slice(-MOST).forEach((one) => this.list(one, message.at));
    if (mine.length || message.gone.length) this.ears.cases(mine);
  }

  private concerns(one: LiveCase): boolean {
    const asked = new URLSearchParams(this.data.query);
    const same = (name: string, value: string): boolean => !asked.get(name) || asked.get(name) === value;
    return isWithin(one.place, this.data.place) && same("source", one.source) && same("unit", String(one.unit ?? ""));
  }

  private count(one: LiveCase): void {
    if (one.opened) bump("received", 1);
    if (one.opened && one.open) bump("open", 1);
    if (one.closed) bump("closed", 1);
    if (one.closed && !one.opened) bump("open", -1);
  }

  private list(one: LiveCase, at: string): void {
    const list = document.querySelector("[data-latest]");
    const form = document.querySelector<HTMLTemplateElement>("#event");
    if (!list || !form) return;
    const item = the<HTMLElement>("li", form.content).cloneNode(true) as HTMLElement;
    const words = this.data.words[one.opened ? "opened" : one.closed ? "closed" : "moved"] ?? "";
    item.classList.add("fresh");
    the<HTMLElement>("time", item).textContent = clock(at);
    the<HTMLElement>("a", item).textContent = `${words} · ${this.data.categories[one.category] ?? one.number}`;
    the<HTMLAnchorElement>("a", item).href = `${this.data.urls.home}cases/${one.number}/`;
    list.prepend(item);
    while (list.children.length > MOST) list.lastElementChild?.remove();
  }

  private turn(state: LiveState): void {
    this.state = state;
    this.tell();
  }

  private tell(): void {
    const line = the<HTMLElement>("#line");
    const { words, urls } = this.data;
    const polled = urls.stream ? words["polling"] : words["polled"];
    line.dataset["state"] = this.state === "polling" && !urls.stream ? "polled" : this.state;
    the("b", line).textContent = (this.state === "connected" ? words["live"] : this.state === "lost" ? words["lost"] : polled) ?? "";
    the("time", line).textContent = filled(words["updated"] ?? "", { time: clock(this.at, true) });
  }
}

// The panels correct this a moment later.
function bump(name: string, by: number): void {
  const shown = document.querySelector<HTMLElement>(`[data-count="${name}"] [data-number]`);
  if (!shown) return;
  const value = Math.max(0, Number(shown.dataset["number"]) + by);
  shown.dataset["number"] = String(value);
  shown.textContent = number(value);
}
