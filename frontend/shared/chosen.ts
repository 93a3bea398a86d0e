// Says which file was chosen, since the button's own text cannot.
const input = document.querySelector<HTMLInputElement>("#file");
const chosen = document.querySelector<HTMLElement>("[data-chosen]");
input?.addEventListener("change", () => {
  if (chosen) chosen.textContent = input.files?.[0]?.name ?? "";
});
