// Limits count down while the page stays open.
const MINUTE = 60_000;
const english = document.documentElement.lang.startsWith("en");

function lengthOf(span: number): string {
  const minutes = Math.floor(span / MINUTE);
  const hours = Math.floor(minutes / 60);
  const days = Math.floor(hours / 24);
  const hourWords = (n: number): string => (english ? `${n} h` : `${n} 小时`);
  const minuteWords = english ? `${minutes % 60} min` : `${minutes % 60} 分`;
  if (days) {
    const dayWords = english ? `${days} d` : `${days} 天`;
    return days < 3 && hours % 24 ? `${dayWords} ${hourWords(hours % 24)}` : dayWords;
  }
  return hours ? `${hourWords(hours)} ${minuteWords}` : minuteWords;
}

export function showDue(due: HTMLElement): void {
  const words = due.querySelector("span");
  const left = Date.parse(due.dataset["due"] ?? "") - Date.now();
  if (!words || Number.isNaN(left)) return;
  const length = lengthOf(Math.abs(left));
  if (left < 0) words.textContent = english ? `${length} overdue` : `超期 ${length}`;
  else words.textContent = english ? `${length} left` : `剩 ${length}`;
  const level = left < 0 ? "overdue" : left <= 240 * MINUTE ? "soon" : "calm";
  due.className = `due ${level}`;
  due.querySelector("use")?.setAttribute("href", due.querySelector("use")?.getAttribute("href")?.replace(/#.*/, `#${level}`) ?? "");
}

setInterval(() => document.querySelectorAll<HTMLElement>("[data-due]").forEach(showDue), MINUTE / 2);
