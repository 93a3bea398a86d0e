// What is being written is kept in this browser for a day, until it is sent or cleared. Never a name or a number.
const KEY = "gezhi-draft";
const DAY = 24 * 3600 * 1000;
const FIELDS = ["text", "address"] as const;

interface Draft {
  at: number;
  fields: Record<string, string>;
}

export function forget(): void {
  localStorage.removeItem(KEY);
}

function kept(): Draft | null {
  try {
    const draft = JSON.parse(localStorage.getItem(KEY) ?? "null") as Draft | null;
    return draft && Date.now() - draft.at < DAY ? draft : null;
  } catch {
    return null;
  }
}

function field(name: string): HTMLInputElement | HTMLTextAreaElement | null {
  return document.querySelector<HTMLInputElement | HTMLTextAreaElement>(`#report [name=${name}]`);
}

function keep(): void {
  const fields = Object.fromEntries(FIELDS.map((name) => [name, field(name)?.value ?? ""]));
  if (Object.values(fields).some(Boolean)) localStorage.setItem(KEY, JSON.stringify({ at: Date.now(), fields }));
  else forget();
}

function clear(note: HTMLElement): void {
  forget();
  note.hidden = true;
  FIELDS.forEach((name) => {
    const input = field(name);
    if (input) input.value = "";
  });
  field("text")?.focus();
}

function restore(note: HTMLElement, draft: Draft): void {
  const empty = FIELDS.every((name) => !field(name)?.value);
  if (!empty) return;
  FIELDS.forEach((name) => {
    const input = field(name);
    if (input) input.value = draft.fields[name] ?? "";
  });
  note.hidden = false;
}

const note = document.querySelector<HTMLElement>("[data-draft]");
if (note) {
  const draft = kept();
  if (draft) restore(note, draft);
  note.querySelector("button")?.addEventListener("click", () => clear(note));
  document.querySelector("#report")?.addEventListener("input", keep);
}
