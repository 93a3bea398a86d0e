// The panels beside the map: the server draws them, the page swaps each by its id.
import { asked, kept, pageData, the, type PageData } from "./page";
import { Pace } from "./pace";

const EVERY = 15_000;
const PAUSE = 2_000; // after an event
const APART = 5_000;
const SAID = 8_000;
const PARTS = "[data-part]"; // everything that follows place and filters

async function read(address: URL | string, signal: AbortSignal): Promise<Document> {
  const answer = await fetch(address, { signal, headers: { "X-Requested-With": "fetch" } });
  if (answer.redirected && new URL(answer.url).pathname !== new URL(address, location.href).pathname) {
    location.assign(answer.url); // signed out
  }
  if (!answer.ok) throw new Error(String(answer.status));
  return new DOMParser().parseFromString(await answer.text(), "text/html");
}

// Focus and scrolling stay where they were, if what had them is still there.
function swap(before: Element, fresh: Element): void {
  const focused = before.contains(document.activeElement) ? document.activeElement : null;
  const address = focused?.getAttribute("href") ?? focused?.id;
  const scrolled = [...before.querySelectorAll("[data-scroll]")].map((one) => one.scrollTop);
  before.replaceWith(fresh);
  fresh.querySelectorAll("[data-scroll]").forEach((one, at) => (one.scrollTop = scrolled[at] ?? 0));
  if (!address) return;
  const again = [...fresh.querySelectorAll<HTMLElement>("a, button")].find(
    (one) => one.getAttribute("href") === address || one.id === address,
  );
  again?.focus({ preventScroll: true });
}

export class Board {
  private abort = new AbortController();
  private readonly pace = new Pace(() => this.refresh(), PAUSE, APART);
  private readonly timer = window.setInterval(() => this.tick(), EVERY);

  constructor(
    private data: PageData,
    private readonly refreshed: (at: Date) => void,
  ) {}

  ask(): void {
    this.pace.ask();
  }

  // Another place or other filters: the whole page is read anew, its parts are swapped.
  async visit(link: string): Promise<PageData> {
    this.restart();
    const address = kept(link);
    const page = await read(address, this.abort.signal);
    document.title = page.title;
    this.swapAll(page);
    this.data = pageData(page);
    return this.data;
  }

  stop(): void {
    clearInterval(this.timer);
    this.restart();
  }

  private tick(): void {
    if (!document.hidden) this.ask();
  }

  private restart(): void {
    this.abort.abort();
    this.pace.stop();
    this.abort = new AbortController();
  }

  private async refresh(): Promise<void> {
    const page = await read(`${this.data.urls.home}board/?${asked(this.data)}`, this.abort.signal);
    this.swapAll(page);
    this.refreshed(new Date());
  }

  private swapAll(page: Document): void {
    for (const fresh of page.querySelectorAll(PARTS)) {
      const before = document.getElementById(fresh.id);
      if (before) swap(before, fresh);
    }
  }
}

let unsaid = 0;

// For ears only: eyes see it.
export function whisper(words: string): void {
  the<HTMLElement>("#whispered").textContent = words;
}

export function say(words: string): void {
  const place = the<HTMLElement>("#said");
  clearTimeout(unsaid);
  place.textContent = words;
  unsaid = window.setTimeout(() => (place.textContent = ""), SAID);
}
