// While the operator types: where it may be, what it may be, what is known already.
import "../shared/photos";
import "../shared/busy";
import "../shared/forms";

const form = document.querySelector<HTMLFormElement>("form[data-hints]");
const hints = document.querySelector<HTMLElement>("#hints");
let timer = 0;
let asked = "";

async function ask(): Promise<void> {
  if (!form || !hints) return;
  const typed = new FormData(form);
  const query = new URLSearchParams(["text", "address", "place_code"].map((name) => [name, String(typed.get(name) ?? "")]));
  if (query.toString() === asked) return;
  asked = query.toString();
  const answer = await fetch(`${form.dataset["hints"]}?${asked}`);
  if (answer.ok && query.toString() === asked) hints.innerHTML = await answer.text();
}

form?.addEventListener("input", () => {
  clearTimeout(timer);
  timer = window.setTimeout(() => void ask(), 400);
});
