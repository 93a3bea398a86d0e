// One case beside the map, with what may be done about it; urging from the list of what is red.
import { say } from "./board";
import { the, type PageData } from "./page";

const SCRIPT = { "X-Requested-With": "fetch" }; // the server then leaves out the page around

interface Answer {
  words: string;
}

export class Drawer {
  private readonly box = the<HTMLDialogElement>("#drawer");
  private readonly body = the<HTMLElement>("#drawer-body");
  private address = "";

  constructor(
    private readonly data: () => PageData,
    private readonly changed: () => void,
  ) {
    this.box.addEventListener("submit", (event) => void this.send(event));
    the("#drawer-close", this.box).addEventListener("click", () => this.box.close());
    this.box.addEventListener("close", () => this.body.replaceChildren());
  }

  get isOpen(): boolean {
    return this.box.open;
  }

  close(): void {
    this.box.close();
  }

  async open(number: string): Promise<void> {
    this.address = `${this.data().urls.home}cases/${encodeURIComponent(number)}/`;
    const answer = await fetch(this.address, { headers: SCRIPT });
    if (!answer.ok) return location.assign(this.address);
    this.fill(await answer.text());
    if (!this.box.open) this.box.show();
    this.box.focus();
  }

  private fill(html: string): void {
    const page = new DOMParser().parseFromString(html, "text/html");
    this.body.replaceChildren(...page.body.childNodes);
  }

  // The answer is the case as it is now, or what was wrong with the step.
  private async send(event: SubmitEvent): Promise<void> {
    const form = event.target;
    if (!(form instanceof HTMLFormElement) || form.method !== "post") return;
    event.preventDefault();
    const answer = await fetch(this.address, {
      method: "POST",
      body: new FormData(form, event.submitter),
      headers: SCRIPT,
    });
    this.fill(await answer.text());
    this.box.focus();
    if (answer.ok) this.changed();
  }
}

// Lists of what is red hold a form; its buttons name their case.
export async function urge(event: SubmitEvent, changed: () => void): Promise<void> {
  const form = event.target;
  if (!(form instanceof HTMLFormElement) || !form.matches("[data-urge]")) return;
  event.preventDefault();
  const button = event.submitter as HTMLButtonElement | null;
  const body = new FormData(form, button);
  if (button) button.disabled = true;
  try {
    const answer = await fetch(form.action, { method: "POST", body, headers: { Accept: "application/json" } });
    say(((await answer.json()) as Answer).words);
    button?.classList.toggle("done", answer.ok);
    changed();
  } catch {
    form.submit();
  }
}
