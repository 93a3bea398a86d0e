// The queue's decisions. Pure: no storage, no network, no clock.
import type { Answer, Item } from "./types";

const FIRST = 1_000;
const LONGEST = 5 * 60_000;
export const KEPT_SENT = 24 * 3_600_000;

// The oldest item that may be sent now. What stands behind an unsent item of its line waits for it.
export function ready(items: readonly Item[], account: string, now: number): Item | undefined {
  const held = new Set<string>();
  for (const item of inOrder(items)) {
    if (item.state === "sent" || item.account !== account) continue;
    if (item.state === "waiting" && item.next <= now && !held.has(item.line)) return item;
    held.add(item.line);
  }
  return undefined;
}

export function inOrder(items: readonly Item[]): Item[] {
  return [...items].sort((one, other) => one.made - other.made || (one.id < other.id ? -1 : 1));
}

// Doubling, up to five minutes; `chance` (0 to 1) spreads the phones of a district that come back at once.
export function backOff(tries: number, chance: number): number {
  return Math.min(LONGEST, FIRST * 2 ** Math.max(0, tries - 1)) * (0.5 + chance / 2);
}

export function failed(item: Item, now: number, chance: number): Item {
  const tries = item.tries + 1;
  return { ...item, tries, next: now + backOff(tries, chance) };
}

export function settled(item: Item, answer: Answer, now: number): Item {
  const words = answer.words ?? "";
  if (answer.outcome === "done") {
    const at = { number: answer.number ?? "", href: answer.href ?? "", settled: now };
    return { ...without(item), ...at, state: "sent", words, ...(answer.version ? { version: answer.version } : {}) };
  }
  return { ...without(item), state: "stuck", words, settled: now, ...(answer.newer ? { newer: answer.newer } : {}) };
}

// Once more, on top of what others did meanwhile.
export function again(item: Item): Item {
  const fields = item.newer ? withField(item.fields, "version", String(item.newer.version)) : item.fields;
  return { ...without(item), fields, state: "waiting", tries: 0, next: 0 };
}

function without(item: Item): Item {
  const { newer: _newer, words: _words, after: _after, ...rest } = item;
  return rest;
}

// What others changed cannot be done again as it was: words and photos become a report of their own.
export function asReport(item: Item, id: string, words: string): Item {
  const said = item.fields.filter(([name]) => name === "text" || name === "reason").map(([, value]) => value);
  const place = item.fields.filter(([name]) => name === "lon" || name === "lat" || name === "place_code");
  const text: [string, string] = ["text", [words, ...said].filter(Boolean).join("\n")];
  const fields: [string, string][] = [["source_id", id], text, ...place];
  return { ...without(item), id, line: id, url: "/field/report/", title: words, fields, state: "waiting", tries: 0, next: 0 };
}

// A round that was ended on this phone is no task any more; one that was only begun is.
export function endsRound(item: Item): boolean {
  return item.state !== "stuck" && item.fields.some(([name, value]) => name === "do" && value !== "begin");
}

// The last thing done to a case that the day does not know of yet.
export function lastDone(items: readonly Item[], line: string, version: number): Item | undefined {
  const newer = (item: Item): boolean => item.state !== "sent" || (item.version ?? 0) > version;
  return inOrder(items).filter((item) => item.line === line && newer(item)).at(-1);
}

export function withField(fields: readonly [string, string][], name: string, value: string): [string, string][] {
  return [...fields.filter(([one]) => one !== name), [name, value]];
}

export interface Counts {
  waiting: number;
  stuck: number;
  sent: number;
}

export function counts(items: readonly Item[], account: string): Counts {
  const mine = items.filter((item) => item.account === account);
  const of = (state: Item["state"]): number => mine.filter((item) => item.state === state).length;
  return { waiting: of("waiting"), stuck: of("stuck"), sent: of("sent") };
}

// Sent items are shown for a day, then forgotten.
export function forgotten(items: readonly Item[], now: number): Item[] {
  return items.filter((item) => item.state === "sent" && now - (item.settled ?? 0) > KEPT_SENT);
}
