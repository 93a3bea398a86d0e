// Signing out takes the day's work off the phone at once, though the node may hear of it later.
import { h } from "./draw";
import * as outbox from "./outbox";

export function signOut(): void {
  const button = document.querySelector<HTMLButtonElement>("[data-sign-out]");
  button?.addEventListener("click", () => void leave(button));
}

async function leave(button: HTMLButtonElement): Promise<void> {
  await outbox.forgetDay();
  try {
    const hello = (await (await fetch("/field/sync/", { cache: "no-store" })).json()) as { token: string };
    const headers = { "X-CSRFToken": hello.token };
    await fetch(button.dataset["signOut"] ?? "", { method: "POST", headers, redirect: "manual" });
    location.assign("/desk/sign-in/?next=/field/");
  } catch {
    button.after(h("p", { class: "note soon", role: "alert" }, button.dataset["failed"] ?? ""));
  }
}
