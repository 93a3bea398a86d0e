// Night: by the phone's own setting, or by this switch for whoever patrols in the dark.
const YEAR = 365 * 24 * 3600;
const BY_PHONE = "(prefers-color-scheme: dark)";

export function switchNight(): void {
  const dark = document.querySelector<HTMLLinkElement>("#dark");
  const button = document.querySelector<HTMLButtonElement>("[data-night]");
  const show = (): void => {
    const on = document.cookie.includes("scheme=dark");
    if (dark) dark.media = on ? "all" : BY_PHONE;
    button?.setAttribute("aria-pressed", String(on));
  };
  button?.addEventListener("click", () => {
    const on = document.cookie.includes("scheme=dark");
    const name = button.dataset["night"] ?? "";
    const safe = name.startsWith("__Host-") ? "; secure" : "";
    document.cookie = `${name}=${on ? "" : "dark"}; path=/; max-age=${on ? 0 : YEAR}; samesite=lax${safe}`;
    show();
  });
  if (button) button.hidden = false;
  show();
}
