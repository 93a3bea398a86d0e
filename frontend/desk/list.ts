// Choosing many rows at once.
import "./due";

const all = document.querySelector<HTMLInputElement>("#choose-all");
const boxes = [...document.querySelectorAll<HTMLInputElement>("input[name=case]")];
const count = document.querySelector<HTMLElement>("#chosen-count");

function tell(): void {
  const chosen = boxes.filter((box) => box.checked).length;
  if (count) count.textContent = String(chosen);
  if (all) {
    all.checked = chosen > 0 && chosen === boxes.length;
    all.indeterminate = chosen > 0 && chosen < boxes.length;
  }
}

if (all) {
  all.hidden = false;
  all.addEventListener("change", () => {
    boxes.forEach((box) => (box.checked = all.checked));
    tell();
  });
}
boxes.forEach((box) => box.addEventListener("change", tell));
tell();
