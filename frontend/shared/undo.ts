// An offer to undo counts down and goes.
export function countDown(root: ParentNode = document): void {
  root.querySelectorAll<HTMLFormElement>("[data-undo]").forEach(begin);
}

function begin(bar: HTMLFormElement): void {
  const end = Date.now() + Number(bar.dataset["undo"]) * 1000;
  const words = bar.querySelector<HTMLElement>("[data-left]");
  const seconds = words?.querySelector("b");
  const show = (): void => {
    const left = Math.ceil((end - Date.now()) / 1000);
    if (seconds) seconds.textContent = String(Math.max(left, 0));
    if (left > 0 && bar.isConnected) return void setTimeout(show, 250);
    bar.querySelector("button")?.remove();
  };
  if (words) words.hidden = false;
  show();
}
