// "Use my position", and place lists that fill themselves.
function one<T extends Element>(selector: string, within: ParentNode = document): T | null {
  return within.querySelector<T>(selector);
}

function askPosition(box: HTMLElement): void {
  const lon = one<HTMLInputElement>("#lon");
  const lat = one<HTMLInputElement>("#lat");
  const found = one<HTMLElement>("#found");
  if (!lon || !lat || !found) return;
  const say = (words: string): void => {
    found.textContent = words;
  };
  const failed = (): void => say(box.dataset["failed"] ?? "");
  const take = async (position: GeolocationPosition): Promise<void> => {
    const { longitude, latitude } = position.coords;
    const answer = await fetch(`${box.dataset["here"]}?lon=${longitude}&lat=${latitude}`);
    const place = (await answer.json()) as { words: string; inside: boolean };
    lon.value = place.inside ? longitude.toFixed(7) : "";
    lat.value = place.inside ? latitude.toFixed(7) : "";
    say(place.words);
  };
  say(box.dataset["asking"] ?? "");
  navigator.geolocation.getCurrentPosition((position) => void take(position).catch(failed), failed, {
    enableHighAccuracy: true,
    timeout: 15_000,
  });
}

const position = one<HTMLElement>("[data-here]");
if (position && "geolocation" in navigator) {
  position.hidden = false;
  one("button", position)?.addEventListener("click", () => askPosition(position));
  if ("asknow" in position.dataset) askPosition(position);
}

async function fill(box: HTMLElement, changed: HTMLSelectElement): Promise<void> {
  const lists = [...box.querySelectorAll<HTMLSelectElement>("select[name=place]")];
  const chosen = lists.slice(0, lists.indexOf(changed) + 1).map((list) => ["place", list.value]);
  const answer = await fetch(`${box.dataset["places"]}?${new URLSearchParams(chosen)}`);
  const holder = one<HTMLElement>(".place", box);
  if (!answer.ok || !holder) return;
  holder.innerHTML = await answer.text();
  holder.querySelector<HTMLSelectElement>(`#${changed.id}`)?.focus();
}

for (const box of document.querySelectorAll<HTMLElement>("[data-places]")) {
  box.addEventListener("change", (event) => {
    if (event.target instanceof HTMLSelectElement) void fill(box, event.target);
  });
}
