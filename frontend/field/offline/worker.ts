// The service worker of these pages, and how a newer one takes its place: when the person says so.
import { h, say } from "./draw";

export function register(): void {
  const workers = navigator.serviceWorker;
  if (!workers) return;
  let asked = false;
  workers.addEventListener("controllerchange", () => asked && location.reload());
  const offer = (waiting: ServiceWorker): void => {
    const holder = document.querySelector<HTMLElement>("[data-update]");
    const button = h("button", { type: "button", class: "first wide thumb" }, say("update"));
    button.addEventListener("click", () => {
      asked = true;
      waiting.postMessage("take over");
    });
    holder?.replaceChildren(button);
  };
  const watch = (found: ServiceWorkerRegistration): void => {
    if (found.waiting && workers.controller) offer(found.waiting);
    found.addEventListener("updatefound", () => {
      const fresh = found.installing;
      fresh?.addEventListener("statechange", () => fresh.state === "installed" && workers.controller && offer(fresh));
    });
    found.active?.postMessage(document.documentElement.lang);
  };
  void workers.register("/field/sw.js", { scope: "/field/" }).then(watch, () => undefined);
}
