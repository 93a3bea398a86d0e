// A form that is on its way says so.
for (const button of document.querySelectorAll<HTMLButtonElement>("button[data-busy]")) {
  const words = button.textContent;
  button.form?.addEventListener("submit", (event) => {
    if (!event.defaultPrevented) button.textContent = button.dataset["busy"] ?? words;
  });
  window.addEventListener("pageshow", () => {
    button.textContent = words;
  });
}
document.querySelectorAll<HTMLElement>(".unscripted").forEach((one) => (one.hidden = true));
document.getElementById("faults")?.focus();

export {};
