// Where the phone keeps what is not sent yet, and the day's work. It survives a closed page and a dead battery.
import { openDB, type DBSchema, type IDBPDatabase } from "idb";
import { forgotten } from "./queue";
import type { Day, Item, KeptPhoto } from "./types";

interface Kept extends DBSchema {
  items: { key: string; value: Item };
  photos: { key: string; value: KeptPhoto; indexes: { item: string } };
  day: { key: string; value: Day };
}

let opened: Promise<IDBPDatabase<Kept>> | undefined;

function database(): Promise<IDBPDatabase<Kept>> {
  opened ??= openDB<Kept>("gezhi-field", 1, {
    upgrade(made) {
      made.createObjectStore("items", { keyPath: "id" });
      made.createObjectStore("photos", { keyPath: "key" }).createIndex("item", "item");
      made.createObjectStore("day");
    },
    blocking: (_held, _wanted, event) => (event.target as IDBDatabase).close(),
    terminated: () => (opened = undefined),
  });
  return opened;
}

// An item and its photos, both or neither. Rejects with QuotaExceededError where the phone is full.
export async function put(item: Item, photos: readonly KeptPhoto[] = []): Promise<void> {
  const work = (await database()).transaction(["items", "photos"], "readwrite", { durability: "strict" });
  const writes = photos.map((photo) => work.objectStore("photos").put(photo));
  await Promise.all([work.objectStore("items").put(item), ...writes, work.done]);
}

// A waiting item that somebody dropped meanwhile stays dropped.
export async function change(item: Item): Promise<void> {
  const work = (await database()).transaction("items", "readwrite");
  const known = await work.store.get(item.id);
  if (known) await work.store.put(item);
  await work.done;
}

export async function all(): Promise<Item[]> {
  return (await database()).getAll("items");
}

export async function one(id: string): Promise<Item | undefined> {
  return (await database()).get("items", id);
}

export async function photosOf(id: string): Promise<KeptPhoto[]> {
  return (await database()).getAllFromIndex("photos", "item", id);
}

export async function keepPhoto(photo: KeptPhoto): Promise<void> {
  await (await database()).put("photos", photo);
}

// The node has it: the photos go, a line of it stays for the day.
export async function finished(item: Item): Promise<void> {
  await removeWith(item.id, item);
}

export async function discard(id: string): Promise<void> {
  await removeWith(id);
}

// An item in the place of another one, with its photos.
export async function replace(old: string, item: Item): Promise<void> {
  const kept = (await photosOf(old)).map((photo) => ({ ...photo, item: item.id, field: "kept_photo" }));
  const work = (await database()).transaction(["items", "photos"], "readwrite");
  const moves = kept.map((photo) => work.objectStore("photos").put(photo));
  const items = work.objectStore("items");
  await Promise.all([items.delete(old), items.put(item), ...moves, work.done]);
}

async function removeWith(id: string, left?: Item): Promise<void> {
  const work = (await database()).transaction(["items", "photos"], "readwrite");
  const photos = work.objectStore("photos");
  const keys = await photos.index("item").getAllKeys(id);
  const items = work.objectStore("items");
  await Promise.all([...keys.map((key) => photos.delete(key)), left ? items.put(left) : items.delete(id), work.done]);
}

export async function tidy(now: number): Promise<void> {
  for (const item of forgotten(await all(), now)) await discard(item.id);
}

export async function day(): Promise<Day | undefined> {
  return (await database()).get("day", "day");
}

export async function keepDay(fresh: Day): Promise<void> {
  await (await database()).put("day", fresh, "day");
}

// Whoever signs out, or another person, leaves no work of others on the phone. What is unsent stays with its account.
export async function forgetDay(): Promise<void> {
  for (const key of Object.keys(localStorage)) if (key.startsWith("walk-")) localStorage.removeItem(key);
  await (await database()).clear("day");
}
