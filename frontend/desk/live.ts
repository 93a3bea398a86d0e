// A quiet line counts what changed since the page was read; rows stay where they are until the reader asks.
import { listen, type LiveState } from "../shared/live";

type Part = LiveState | "count" | "missed";

function begin(line: HTMLElement): void {
  const changed = new Set<number>();
  let state: LiveState | null = null;
  let heard = false;
  let missed = false;
  const part = (): Part | null => (changed.size ? "count" : missed ? "missed" : state);
  const show = (): void => {
    const shown = part();
    line.querySelectorAll("[data-count]").forEach((one) => (one.textContent = String(changed.size)));
    line.querySelectorAll<HTMLElement>("[data-part]").forEach((one) => (one.hidden = one.dataset["part"] !== shown));
  };
  listen(line.dataset["live"] ?? "", line.dataset["ticket"] ?? "", {
    onCases: ({ cases, gone }) => {
      for (const id of [...cases.map((one) => one.id), ...gone]) changed.add(id);
      show();
    },
    onResync: () => {
      missed = heard;
      heard = true;
      show();
    },
    onPoll: () => undefined,
    onState: (now) => {
      state = now;
      show();
    },
  });
}

document.querySelectorAll<HTMLElement>("[data-live]").forEach(begin);
