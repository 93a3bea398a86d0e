// The situation page asks again every fifteen seconds while somebody looks at it.
const PERIOD = 15_000;

async function renew(box: HTMLElement): Promise<void> {
  if (document.hidden || box.contains(document.activeElement) || box.querySelector("details[open]")) return;
  const answer = await fetch(box.dataset["part"] ?? "", { headers: { Accept: "text/html" } });
  if (answer.ok && !answer.redirected) box.innerHTML = await answer.text();
}

for (const box of document.querySelectorAll<HTMLElement>("[data-part]")) {
  const again = (): void => void renew(box).catch(() => undefined);
  setInterval(again, PERIOD);
  document.addEventListener("visibilitychange", again);
}
