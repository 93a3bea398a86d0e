// Ready answers stand in a list on the page; here each text field of a step gets those that fit it to choose from.

interface Phrase {
  title: string;
  text: string;
  steps: Set<string>;
}

const list = document.querySelector<HTMLElement>("#phrases");
const label = list?.querySelector("summary")?.textContent ?? "";
const phrases: Phrase[] = [...(list?.querySelectorAll<HTMLElement>("li[data-steps]") ?? [])].map((item) => ({
  title: item.dataset["title"] ?? "",
  text: item.querySelector("data")?.value ?? "",
  steps: new Set((item.dataset["steps"] ?? "").split(" ")),
}));

function choice(area: HTMLTextAreaElement, fitting: Phrase[]): HTMLSelectElement {
  const select = document.createElement("select");
  select.className = "phrase-pick";
  select.setAttribute("aria-label", label);
  select.append(new Option(label, ""), ...fitting.map((one, place) => new Option(one.title, String(place))));
  select.addEventListener("change", () => {
    const chosen = fitting[Number(select.value)];
    if (select.value === "" || !chosen) return;
    const before = area.value.trimEnd();
    area.value = (before ? `${before}\n` : "") + chosen.text;
    area.dispatchEvent(new Event("input", { bubbles: true }));
    select.value = "";
    area.focus();
  });
  return select;
}

for (const form of document.querySelectorAll<HTMLFormElement>("form")) {
  const step = form.querySelector<HTMLInputElement>("input[name=step]")?.value ?? "";
  if (!step) continue;
  const fitting = phrases.filter((one) => one.steps.has(step));
  for (const area of form.querySelectorAll<HTMLTextAreaElement>("textarea[name=text], textarea[name=reason]"))
    if (fitting.length > 0) area.before(choice(area, fitting));
}
if (phrases.length > 0 && list) list.hidden = true;
