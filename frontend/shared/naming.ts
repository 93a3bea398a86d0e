// Behind an @ in a note, the colleagues of the select beside it are offered; without a script the name is typed.

interface Colleague {
  called: string;
  words: string;
}

const MOST = 8;
let lists = 0;

class Naming {
  private readonly list = document.createElement("ul");
  private offered: Colleague[] = [];
  private at = 0;

  constructor(
    private readonly area: HTMLTextAreaElement,
    private readonly colleagues: Colleague[],
  ) {
    this.list.className = "naming";
    this.list.id = `naming-${(lists += 1)}`;
    this.list.setAttribute("role", "listbox");
    this.list.setAttribute("aria-label", area.labels[0]?.textContent ?? "");
    this.list.hidden = true;
    area.after(this.list);
    area.setAttribute("aria-autocomplete", "list");
    area.setAttribute("aria-controls", this.list.id);
    area.addEventListener("input", () => this.offer());
    area.addEventListener("click", () => this.offer());
    area.addEventListener("blur", () => this.close());
    area.addEventListener("keydown", (event) => this.key(event));
  }

  private typed(): string | null {
    const before = this.area.value.slice(0, this.area.selectionStart);
    return /@([^@\s]{0,20})$/u.exec(before)?.[1] ?? null;
  }

  private offer(): void {
    const typed = this.typed()?.toLowerCase();
    this.offered =
      typed === undefined ? [] : this.colleagues.filter((one) => one.words.toLowerCase().includes(typed)).slice(0, MOST);
    if (typed && this.offered.some((one) => one.called.toLowerCase() === typed)) this.offered = [];
    this.at = 0;
    this.draw();
  }

  private draw(): void {
    this.list.replaceChildren(
      ...this.offered.map((one, place) => {
        const item = document.createElement("li");
        item.id = `${this.list.id}-${place}`;
        item.setAttribute("role", "option");
        item.setAttribute("aria-selected", String(place === this.at));
        item.textContent = one.words;
        item.addEventListener("mousedown", (event) => {
          event.preventDefault();
          this.take(one);
        });
        return item;
      }),
    );
    this.list.hidden = this.offered.length === 0;
    if (this.list.hidden) this.area.removeAttribute("aria-activedescendant");
    else this.area.setAttribute("aria-activedescendant", `${this.list.id}-${this.at}`);
  }

  private key(event: KeyboardEvent): void {
    const chosen = this.offered[this.at];
    if (!chosen) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      const step = event.key === "ArrowDown" ? 1 : -1;
      this.at = (this.at + step + this.offered.length) % this.offered.length;
      this.draw();
    } else if (event.key === "Enter" || event.key === "Tab") {
      this.take(chosen);
    } else if (event.key === "Escape") {
      this.close();
    } else return;
    event.preventDefault();
    event.stopPropagation();
  }

  private take(one: Colleague): void {
    const end = this.area.selectionStart;
    const start = end - (this.typed()?.length ?? 0);
    this.area.setRangeText(`${one.called} `, start, end, "end");
    this.close();
    this.area.dispatchEvent(new Event("input", { bubbles: true }));
  }

  private close(): void {
    this.offered = [];
    this.draw();
  }
}

for (const form of document.querySelectorAll<HTMLFormElement>("form[data-naming]")) {
  const area = form.querySelector("textarea");
  const options = [...form.querySelectorAll<HTMLOptionElement>("option[data-called]")];
  const colleagues = options.map((one) => ({ called: one.dataset["called"] ?? "", words: one.text }));
  if (area && colleagues.length > 0) new Naming(area, colleagues);
}
