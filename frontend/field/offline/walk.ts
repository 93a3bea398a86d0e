const EXACT: PositionOptions = { enableHighAccuracy: true, timeout: 15_000 };

// What is due, by distance: the page is asked again from where the worker stands.
const nearby = document.querySelector<HTMLElement>("[data-nearby]");
if (nearby && "geolocation" in navigator) {
  nearby.hidden = false;
  nearby.querySelector("button")?.addEventListener("click", () => {
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        const here = { lon: coords.longitude.toFixed(6), lat: coords.latitude.toFixed(6) };
        location.search = new URLSearchParams(here).toString();
      },
      () => (nearby.hidden = true),
      EXACT,
    );
  });
}

// A walk keeps its positions on this phone until it is finished, though the page is closed; the server keeps their number and length only.
function walk(form: HTMLFormElement): void {
  const key = `walk-${form.dataset["round"]}`;
  const track = form.querySelector<HTMLInputElement>("[name=track]");
  const told = form.querySelector<HTMLElement>("[data-track]");
  if (!track || !told) return;
  const points = (track.value || localStorage.getItem(key) || "").split(" ").filter(Boolean);
  const show = (): void => {
    track.value = points.join(" ");
    localStorage.setItem(key, track.value);
    told.textContent = (told.dataset["words"] ?? "").replace("{n}", String(points.length));
  };
  navigator.geolocation.watchPosition(
    ({ coords }) => {
      points.push(`${coords.longitude.toFixed(6)},${coords.latitude.toFixed(6)}`);
      show();
    },
    () => (told.textContent = points.length ? told.textContent : (told.dataset["failed"] ?? "")),
    { enableHighAccuracy: true, maximumAge: 10_000 },
  );
  form.addEventListener("submit", () => localStorage.removeItem(key));
  show();
}

function here(form: HTMLFormElement): void {
  const lon = form.querySelector<HTMLInputElement>("#lon");
  const lat = form.querySelector<HTMLInputElement>("#lat");
  navigator.geolocation.getCurrentPosition(({ coords }) => {
    if (lon) lon.value = coords.longitude.toFixed(7);
    if (lat) lat.value = coords.latitude.toFixed(7);
  }, () => undefined, EXACT);
}

const form = document.querySelector<HTMLFormElement>("form[data-round]");
if (form && "geolocation" in navigator) {
  here(form);
  if ("walk" in form.dataset) walk(form);
}

export {};
