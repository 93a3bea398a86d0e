// What is committed reaches an open page: by a stream, or by asking every ten seconds where the stream cannot be had.
export interface LiveCase {
  id: number;
  number: string;
  place: string;
  lon: number | null;
  lat: number | null;
  category: string;
  unit: number | null;
  source: string;
  kind: string;
  state: string;
  open: boolean;
  opened: boolean;
  closed: boolean;
  due: string | null;
  overdue: boolean;
  card: number;
}

export interface LiveMessage {
  at: string;
  cases: LiveCase[];
  gone: number[];
}

export type LiveState = "connected" | "lost" | "polling";

// onResync: something may have been missed, also once when first connected. onPoll: no stream (onResync unless given).
// onState: what to tell the reader. onVersion: of the node that answers, when it is another than at first.
export interface Hooks {
  onCases: (message: LiveMessage) => void;
  onResync: () => void;
  onPoll?: () => void;
  onState: (state: LiveState) => void;
  onVersion?: () => void;
}

const POLL = 10_000;
const SILENCE = 45_000; // a sign of life comes every 20 s
const HIDDEN = 60_000; // out of sight for so long, a page hangs up
const SPREAD = 3_000; // all pages are told at once to read again, and do not ask at once
const TRIES = 2; // failures in a row before the page asks by itself
const LONGEST = 60_000;

class Line {
  private source: EventSource | null = null;
  private retry = 0;
  private silence = 0;
  private poll = 0;
  private spread = 0;
  private hiding = 0;
  private failures = 0;
  private turn = 0; // of connecting: an answer to an earlier one is late
  private resyncedAt = -POLL;
  private state: LiveState | null = null;
  private version = "";

  constructor(
    private readonly url: string,
    private readonly ticketUrl: string,
    private readonly hooks: Hooks,
  ) {
    document.addEventListener("visibilitychange", this.look);
    window.addEventListener("online", this.again);
    void this.connect();
  }

  readonly stop = (): void => {
    document.removeEventListener("visibilitychange", this.look);
    window.removeEventListener("online", this.again);
    this.hangUp();
  };

  private readonly look = (): void => {
    clearTimeout(this.hiding);
    if (document.hidden) this.hiding = window.setTimeout(() => this.hangUp(), HIDDEN);
    else if (!this.source && !this.retry) void this.connect();
  };

  private readonly again = (): void => {
    if (this.retry) void this.connect();
  };

  private async connect(): Promise<void> {
    this.close();
    if (!this.url) return this.pollNow();
    const turn = ++this.turn;
    try {
      const answer = await fetch(this.ticketUrl, { cache: "no-store", redirect: "error" });
      if (!answer.ok) throw new Error(String(answer.status));
      const { ticket } = (await answer.json()) as { ticket: string };
      if (turn === this.turn) this.open(`${this.url}?ticket=${encodeURIComponent(ticket)}`);
    } catch {
      if (turn === this.turn) this.fail();
    }
  }

  private open(address: string): void {
    const source = (this.source = new EventSource(address));
    const on = (event: string, act: (data: string) => void): void =>
      source.addEventListener(event, (message) => {
        this.hear();
        act((message as MessageEvent<string>).data);
      });
    on("hello", (data) => this.welcome((JSON.parse(data) as { version: string }).version));
    on("cases", (data) => this.hooks.onCases(JSON.parse(data) as LiveMessage));
    on("resync", () => this.resyncSoon());
    on("ping", () => undefined);
    on("bye", () => void this.connect());
    source.addEventListener("error", () => this.fail());
    this.hear();
  }

  private hear(): void {
    clearTimeout(this.silence);
    this.silence = window.setTimeout(() => this.fail(), SILENCE);
  }

  private welcome(version: string): void {
    this.failures = 0;
    clearInterval(this.poll);
    this.poll = 0;
    this.say("connected");
    if (this.version && this.version !== version) this.hooks.onVersion?.();
    this.version = version;
    this.resync();
  }

  private fail(): void {
    this.close();
    this.failures += 1;
    if (this.failures >= TRIES) this.pollNow();
    else this.say("lost");
    const pause = Math.min(LONGEST, 1_000 * 2 ** this.failures) * (0.5 + Math.random() / 2);
    this.retry = window.setTimeout(() => void this.connect(), pause);
  }

  private pollNow(): void {
    this.say("polling");
    if (this.poll) return;
    const ask = this.hooks.onPoll ?? this.hooks.onResync;
    this.poll = window.setInterval(ask, POLL);
    ask();
  }

  private resyncSoon(): void {
    if (this.spread) return;
    const wait = Math.max(0, this.resyncedAt + POLL - performance.now()) + Math.random() * SPREAD;
    this.spread = window.setTimeout(() => this.resync(), wait);
  }

  private resync(): void {
    clearTimeout(this.spread);
    this.spread = 0;
    this.resyncedAt = performance.now();
    this.hooks.onResync();
  }

  private say(state: LiveState): void {
    if (state !== this.state) this.hooks.onState(state);
    this.state = state;
  }

  private close(): void {
    this.source?.close();
    this.source = null;
    clearTimeout(this.silence);
    clearTimeout(this.retry);
    this.retry = 0;
  }

  private hangUp(): void {
    this.turn += 1;
    this.close();
    clearInterval(this.poll);
    clearTimeout(this.spread);
    clearTimeout(this.hiding);
    this.poll = this.spread = 0;
  }
}

// Listens until the returned function is called. `url` "" means that this node has no stream.
export function listen(url: string, ticketUrl: string, hooks: Hooks): () => void {
  return new Line(url, ticketUrl, hooks).stop;
}
