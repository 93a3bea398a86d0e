// Sending the queue: photos first, then the form; once only, whatever is cut on the way.
import * as outbox from "./outbox";
import { failed, ready, settled } from "./queue";
import type { Answer, Item, KeptPhoto } from "./types";

const PATIENCE = 45_000;
const LOCK = "gezhi-outbox";
const news = new BroadcastChannel("gezhi-outbox");

export interface News {
  sending?: string;
  photo?: number;
  photos?: number;
  stopped?: Stop;
}
// idle: nothing more to send now · cut: no network · signed-out, other: nobody, or somebody else, is signed in.
export type Stop = "idle" | "cut" | "signed-out" | "other";

class Cut extends Error {}
class Later extends Error {}
class SignedOut extends Error {}
class Other extends Error {}

interface Hello {
  account: string;
  token: string;
}

const heard = new Set<(told: News) => void>();
news.addEventListener("message", (event) => heard.forEach((hear) => hear(event.data as News)));

export function onNews(hear: (told: News) => void): void {
  heard.add(hear);
}

function tell(told: News): void {
  news.postMessage(told);
  heard.forEach((hear) => hear(told));
}

let asked: Promise<void> | undefined;
let hurried = false;

// One page or worker sends at a time; whoever asks meanwhile has its turn after that. `atOnce`: pauses are over.
export function sync(atOnce = false): Promise<void> {
  hurried ||= atOnce;
  asked ??= navigator.locks.request(LOCK, async () => {
    const hurry = hurried;
    [asked, hurried] = [undefined, false];
    tell({ stopped: await drain(hurry) });
  }) as Promise<void>;
  return asked;
}

async function drain(atOnce: boolean): Promise<Stop> {
  try {
    if (!(await outbox.all()).some((item) => item.state === "waiting")) return "idle";
    const hello = (await call("/field/sync/", {})) as Hello;
    if (atOnce) await endPauses();
    for (let item; (item = ready(await outbox.all(), hello.account, Date.now())); ) await send(item, hello);
    return "idle";
  } catch (why) {
    if (why instanceof SignedOut) return "signed-out";
    if (why instanceof Other) return "other";
    if (why instanceof Cut || why instanceof Later) return "cut";
    throw why;
  }
}

async function endPauses(): Promise<void> {
  for (const item of await outbox.all()) if (item.state === "waiting" && item.next) await outbox.change({ ...item, next: 0 });
}

async function send(item: Item, hello: Hello): Promise<void> {
  try {
    const answer = await deliver(item, hello);
    if (answer.outcome === "other") throw new Other();
    if (answer.outcome === "photos") return await missing(item, answer.missing ?? []);
    const after = settled(item, answer, Date.now());
    await (after.state === "sent" ? outbox.finished(after) : outbox.change(after));
  } catch (why) {
    if (why instanceof Cut || why instanceof Later) await outbox.change(failed(item, Date.now(), Math.random()));
    if (!(why instanceof Later)) throw why;
  }
}

// The node lost photos that it had: they are sent again.
async function missing(item: Item, keys: readonly string[]): Promise<void> {
  for (const photo of await outbox.photosOf(item.id)) {
    if (keys.includes(photo.key)) await outbox.keepPhoto({ ...photo, there: false });
  }
  await outbox.change(failed(item, Date.now(), Math.random()));
}

async function deliver(item: Item, hello: Hello): Promise<Answer> {
  const photos = await outbox.photosOf(item.id);
  for (const [at, photo] of photos.entries()) {
    tell({ sending: item.id, photo: at + 1, photos: photos.length });
    if (photo.there) continue;
    const answer = await upload(photo, hello);
    if (answer.outcome !== "done") return answer;
    await outbox.keepPhoto({ ...photo, there: true });
  }
  tell({ sending: item.id });
  return (await call(item.url, { method: "POST", body: await bodyOf(item, photos) }, hello.token)) as Answer;
}

async function upload(photo: KeptPhoto, hello: Hello): Promise<Answer> {
  const body = new FormData();
  body.set("photo", photo.blob, "photo.jpg");
  if (photo.captured) body.set("captured", photo.captured); // photos kept by an older page have none
  return (await call(`/field/photos/${photo.key}/`, { method: "POST", body }, hello.token)) as Answer;
}

async function bodyOf(item: Item, photos: readonly KeptPhoto[]): Promise<URLSearchParams> {
  const body = new URLSearchParams(item.fields);
  photos.forEach((photo) => body.append(photo.field, photo.key));
  const before = item.after ? await outbox.one(item.after) : undefined;
  if (before?.version) body.set("version", String(before.version));
  body.set("account", item.account);
  body.set("sent", item.id);
  body.set("waited", String(Math.max(0, Math.round((Date.now() - item.made) / 1000))));
  return body;
}

async function call(url: string, how: RequestInit, token = ""): Promise<unknown> {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), PATIENCE);
  const headers = { Accept: "application/json", ...(token ? { "X-CSRFToken": token } : {}) };
  try {
    const answer = await fetch(url, { ...how, headers, redirect: "manual", cache: "no-store", signal: stop.signal });
    if (answer.type === "opaqueredirect") throw new SignedOut();
    const plain = answer.headers.get("Content-Type")?.startsWith("application/json") ?? false;
    if (!plain) throw new Later();
    return await answer.json();
  } catch (why) {
    if (why instanceof SignedOut || why instanceof Later) throw why;
    throw new Cut();
  } finally {
    clearTimeout(timer);
  }
}
