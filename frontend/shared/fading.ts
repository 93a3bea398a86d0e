// What is shown for a while only (data-until: seconds since 1970) goes when its time is over, without losing what was
// typed elsewhere on the page; data-over says what stands there then.
const EVERY = 5_000;

function fade(): void {
  const now = Date.now() / 1000;
  for (const shown of document.querySelectorAll<HTMLElement>("[data-until]")) {
    if (Number(shown.dataset.until) > now) continue;
    const words = document.createElement("p");
    words.className = "soft small";
    words.textContent = shown.dataset.over ?? "";
    shown.replaceChildren(words);
    delete shown.dataset.until;
  }
}

window.setInterval(fade, EVERY);
document.addEventListener("visibilitychange", fade);
window.addEventListener("pageshow", fade);
