// A form with photos says how far it is. Whatever goes wrong, the browser sends it as it always does.
const SLOW = 100_000; // bytes: less is there at once

function sizeOf(body: FormData): number {
  return [...body.values()].reduce((sum, value) => sum + (value instanceof File ? value.size : 0), 0);
}

function send(form: HTMLFormElement, body: FormData, told: HTMLElement): void {
  const request = new XMLHttpRequest();
  const bar = told.querySelector("progress");
  const words = told.querySelector("span");
  request.open("POST", form.action);
  request.upload.addEventListener("progress", (event) => {
    const share = event.lengthComputable ? Math.round((100 * event.loaded) / event.total) : 0;
    if (bar) bar.value = share;
    if (words) words.textContent = `${told.dataset["upload"] ?? ""} ${share}%`;
  });
  request.addEventListener("load", () => show(request));
  request.addEventListener("error", () => form.submit());
  told.hidden = false;
  request.send(body);
}

// The same page again is an answer to what was sent; any other is a new place.
function show(request: XMLHttpRequest): void {
  if (request.responseURL !== location.href) return location.assign(request.responseURL);
  document.open();
  document.write(request.responseText);
  document.close();
}

const form = document.querySelector<HTMLFormElement>("#report");
const told = form?.querySelector<HTMLElement>("[data-upload]");
form?.addEventListener("submit", (event) => {
  if (event.defaultPrevented || !told) return;
  const body = new FormData(form, event.submitter);
  if (sizeOf(body) < SLOW) return;
  event.preventDefault();
  send(form, body, told);
});
