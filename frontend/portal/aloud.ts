// Reads the page aloud with the browser's own voice; hidden where it has none.
const box = document.querySelector<HTMLElement>("[data-aloud]");
const button = box?.querySelector("button");
const main = document.querySelector<HTMLElement>("#main");

function spoken(): string {
  const parts = main?.querySelectorAll<HTMLElement>("h1, h2, h3, p, label, legend, dt, dd, li > a, .turns button, textarea, input") ?? [];
  return [...parts]
    .filter((one) => one.offsetParent !== null && !one.closest("[data-aloud]"))
    .map((one) => (one instanceof HTMLInputElement || one instanceof HTMLTextAreaElement ? one.value : one.innerText))
    .filter(Boolean)
    .join("。");
}

function begin(pressed: HTMLButtonElement): void {
  const words = pressed.querySelector("span");
  const first = words?.textContent ?? "";
  const rest = (speaking: boolean): void => {
    pressed.setAttribute("aria-pressed", String(speaking));
    if (words) words.textContent = speaking ? (pressed.dataset["stop"] ?? first) : first;
  };
  pressed.addEventListener("click", () => {
    if (pressed.getAttribute("aria-pressed") === "true") {
      speechSynthesis.cancel();
      return rest(false);
    }
    const speech = new SpeechSynthesisUtterance(spoken());
    speech.lang = document.documentElement.lang === "en" ? "en" : "zh-CN";
    speech.rate = 0.9;
    speech.onend = speech.onerror = () => rest(false);
    speechSynthesis.cancel();
    speechSynthesis.speak(speech);
    rest(true);
  });
  addEventListener("pagehide", () => speechSynthesis.cancel());
}

if (box && button && "speechSynthesis" in window) {
  box.hidden = false;
  begin(button);
}
