// Forms of packs: fields appear when their condition holds, and the form follows the category that is chosen.
function valuesOf(form: HTMLFormElement, name: string): string[] {
  const given = new FormData(form).getAll(name).map(String).filter(Boolean);
  if (given.length) return given;
  const known = form.querySelector<HTMLElement>(`[data-known="${CSS.escape(name)}"]:not([hidden])`);
  return known?.dataset["value"] ? [known.dataset["value"]] : [];
}

function reveal(box: HTMLElement, shown: boolean): void {
  box.hidden = !shown;
  for (const input of box.querySelectorAll<HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement>("input, select, textarea")) {
    input.disabled = input.closest("[data-show-if][hidden]") !== null;
  }
}

// In the order of the page: a field depends on earlier ones only.
function refresh(form: HTMLFormElement): void {
  for (const box of form.querySelectorAll<HTMLElement>("[data-show-if]")) {
    const wanted = JSON.parse(box.dataset["showIn"] ?? "[]") as string[];
    reveal(box, valuesOf(form, box.dataset["showIf"] ?? "").some((value) => wanted.includes(value)));
  }
}

function begin(form: HTMLFormElement): void {
  form.querySelectorAll<HTMLElement>("[data-when]").forEach((note) => (note.hidden = true));
  refresh(form);
}

const asks = new WeakMap<HTMLFormElement, number>();

// The page itself answers which form belongs to what is chosen, as it does without scripts.
async function ask(form: HTMLFormElement): Promise<void> {
  const turn = (asks.get(form) ?? 0) + 1;
  asks.set(form, turn);
  const typed = new FormData(form);
  for (const [name, value] of [...typed]) if (value instanceof File) typed.delete(name);
  typed.set("ask", "1");
  const answer = await fetch(location.href, { method: "POST", body: typed }).catch(() => null);
  if (!answer?.ok || asks.get(form) !== turn) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const fresh = page.querySelector<HTMLElement>("[data-asked]");
  const holder = form.querySelector<HTMLElement>("[data-asked]");
  if (!fresh || !holder) return;
  holder.replaceWith(fresh);
  fresh.querySelectorAll(".note").forEach((note) => note.remove());
  begin(form);
}

for (const form of document.querySelectorAll<HTMLFormElement>("form")) {
  form.addEventListener("change", (event) => {
    const changed = event.target;
    if (changed instanceof HTMLElement && changed.closest("[data-asks]")) void ask(form);
    refresh(form);
  });
  begin(form);
}

export {};
