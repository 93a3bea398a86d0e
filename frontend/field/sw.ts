// The service worker: the shell of the pages from the phone, navigation from the network first, never other people's
// pages. `kept` is written in front of this file by the node.
import { sync } from "./offline/send";

interface Kept {
  version: string;
  page: string;
  files: string[];
}
interface Lasting extends Event {
  waitUntil(work: Promise<unknown>): void;
}
interface Fetched extends Lasting {
  request: Request;
  respondWith(answer: Promise<Response>): void;
}
interface Worker extends EventTarget {
  kept: Kept;
  skipWaiting(): Promise<void>;
  clients: { claim(): Promise<void> };
}

const worker = self as unknown as Worker;
const { version, page, files } = worker.kept;
const NAME = `gezhi-field-${version}`;
const PATIENCE = 4_000;

async function keepShell(): Promise<void> {
  const held = await caches.open(NAME);
  await held.addAll([...files, page].map((one) => new Request(one, { cache: "reload" })));
}

async function dropOlder(): Promise<void> {
  const names = (await caches.keys()).filter((name) => name.startsWith("gezhi-field-") && name !== NAME);
  await Promise.all(names.map((name) => caches.delete(name)));
  await worker.clients.claim();
}

async function held(path: string): Promise<Response | undefined> {
  return (await caches.open(NAME)).match(path, { ignoreSearch: true, ignoreVary: true });
}

async function fileOf(request: Request): Promise<Response> {
  return (await held(new URL(request.url).pathname)) ?? fetch(request);
}

// A page of the node where it answers soon; else the shell, which draws the same address from the phone.
async function pageOf(request: Request): Promise<Response> {
  const shell = await held(page);
  if (!shell) return fetch(request);
  if (new URL(request.url).pathname === page) return shell;
  const late = new Promise<Response>((done) => setTimeout(done, PATIENCE, shell));
  const answer = fetch(request).then((one) => (one.status >= 502 ? shell : one)).catch(() => shell);
  return Promise.race([answer, late]);
}

// The shell speaks the language of whoever uses it now.
let spoken = "";
async function speak(language: string): Promise<void> {
  if (!spoken) spoken = /<html lang="([\w-]+)"/.exec((await (await held(page))?.clone().text()) ?? "")?.[1] ?? "";
  if (!spoken || spoken === language) return;
  await (await caches.open(NAME)).add(new Request(page, { cache: "reload" }));
  spoken = language;
}

worker.addEventListener("install", (event) => (event as Lasting).waitUntil(keepShell()));
worker.addEventListener("activate", (event) => (event as Lasting).waitUntil(dropOlder()));
worker.addEventListener("sync", (event) => (event as Lasting).waitUntil(sync(true)));
worker.addEventListener("message", (event) => {
  const asked = String((event as MessageEvent).data);
  if (asked === "take over") void worker.skipWaiting();
  else (event as unknown as Lasting).waitUntil(speak(asked).catch(() => undefined));
});
worker.addEventListener("fetch", (event) => {
  const { request, respondWith } = event as Fetched;
  const url = new URL(request.url);
  const answer = respondWith.bind(event);
  if (request.method !== "GET" || url.origin !== location.origin) return;
  if (files.includes(url.pathname)) answer(fileOf(request));
  else if (request.mode === "navigate") answer(pageOf(request));
});
