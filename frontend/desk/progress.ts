// A job's progress, asked once a second until it ends; then the page is read again.
import "../shared/busy";

interface Progress {
  share: number;
  words: string;
  ended: boolean;
}

async function follow(box: HTMLElement): Promise<void> {
  const bar = box.querySelector("progress");
  const words = box.querySelector<HTMLElement>("[data-words]");
  const answer = await fetch(box.dataset["progress"] ?? "");
  const progress = (await answer.json()) as Progress;
  if (bar) bar.value = progress.share;
  if (words) words.textContent = progress.words;
  if (progress.ended) location.reload();
  else setTimeout(() => void follow(box), 1000);
}

for (const box of document.querySelectorAll<HTMLElement>("[data-progress]")) void follow(box);
