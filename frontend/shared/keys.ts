// Single keys press what carries them (data-keys="a Enter"). They rest while somebody types or a dialog is open, and
// can be switched off (WCAG 2.1.4).
const STORE = "gezhi-keys";
const off = (): boolean => localStorage.getItem(STORE) === "off";

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.closest("input, select, textarea, [contenteditable]") !== null;
}

function carrier(key: string): HTMLElement | undefined {
  const wanted = key.length === 1 ? key.toLowerCase() : key;
  const all = [...document.querySelectorAll<HTMLElement>("[data-keys]")];
  return all.find((one) => one.dataset["keys"]?.split(" ").includes(wanted) && one.getClientRects().length > 0);
}

// A form that opens is typed into at once; the same key closes it.
function press(one: HTMLElement): void {
  one.click();
  const box = one.closest("details");
  if (one.localName !== "summary" || !box) return;
  if (box.open) box.querySelector<HTMLElement>("form :is(input:not([type=hidden]), select, textarea)")?.focus();
}

function leave(): void {
  const box = document.activeElement?.closest<HTMLDetailsElement>("details[open]");
  if (!box) return;
  box.open = false;
  box.querySelector("summary")?.focus();
}

function hear(event: KeyboardEvent): void {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.repeat) return;
  if (document.querySelector("dialog[open]")) return;
  if (event.key === "Escape") return leave();
  const target = event.target;
  if (event.key === "Enter" && target instanceof HTMLSelectElement) return target.form?.requestSubmit();
  if (off() || isTyping(target)) return;
  if (event.key === "Enter" && target instanceof HTMLElement && target.closest("a, button, summary")) return;
  const found = carrier(event.key);
  if (!found) return;
  event.preventDefault();
  press(found);
}

function tell(): void {
  document.documentElement.classList.toggle("no-keys", off());
  document.querySelectorAll<HTMLInputElement>("[data-keys-on]").forEach((box) => (box.checked = !off()));
}

// The help is drawn by the page, which may be drawn again: so one ear for all of it.
document.addEventListener("click", (event) => {
  if (!(event.target instanceof Element) || !event.target.closest("[data-help]")) return;
  document.querySelector<HTMLDialogElement>("[data-help-box]")?.showModal();
});
document.addEventListener("change", (event) => {
  if (!(event.target instanceof HTMLInputElement) || !event.target.matches("[data-keys-on]")) return;
  localStorage.setItem(STORE, event.target.checked ? "on" : "off");
  tell();
});
document.addEventListener("keydown", hear);

export function reveal(root: ParentNode = document): void {
  root.querySelectorAll<HTMLElement>("[data-help]").forEach((one) => (one.hidden = false));
  tell();
}
reveal();
