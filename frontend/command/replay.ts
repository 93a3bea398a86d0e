// A day again, told from how it began and what changed from second to second.
import type { Row } from "../shared/map/rows";
import type { Atlas } from "./atlas";
import { filled, the, type PageData } from "./page";

interface Day {
  day: string;
  start: [code: string, open: number, overdue: number][];
  events: [second: number, place: number, open: number, overdue: number][];
}

const STEP = 300; // seconds of the day
const LAST = 24 * 3600;
const PACE = 500; // a step at speed 1

export class Replay {
  private readonly bar = the<HTMLElement>("#replay");
  private readonly slider = the<HTMLInputElement>("#replay-at");
  private readonly play = the<HTMLButtonElement>("#replay-play");
  private readonly speed = the<HTMLSelectElement>("#replay-speed");
  private readonly banner = the<HTMLElement>("#replay-banner");
  private day: Day | null = null;
  private last = LAST;
  private timer = 0;

  constructor(
    private readonly data: () => PageData,
    private readonly atlas: Atlas,
  ) {
    the("#replay-form").addEventListener("submit", (event) => {
      event.preventDefault();
      void this.begin(the<HTMLInputElement>("#replay-day").value);
    });
    the("#replay-live").addEventListener("click", () => this.end());
    this.play.addEventListener("click", () => (this.timer ? this.pause() : this.run()));
    this.slider.addEventListener("input", () => this.show());
    this.speed.addEventListener("change", () => {
      if (this.timer) this.run();
    });
  }

  get isOn(): boolean {
    return this.day !== null;
  }

  async begin(day: string): Promise<void> {
    const asked = new URLSearchParams(this.data().query);
    asked.set("day", day);
    const answer = await fetch(`${this.data().urls.home}replay/?${asked}`);
    if (!answer.ok) return;
    this.day = (await answer.json()) as Day;
    this.last = Math.min(LAST, this.isToday(day) ? (this.day.events.at(-1)?.[0] ?? 0) + STEP : LAST);
    this.slider.max = String(Math.floor(this.last / STEP));
    this.slider.value = "0";
    this.bar.hidden = this.banner.hidden = false;
    this.show();
    this.run();
  }

  end(): void {
    if (!this.day) return;
    this.pause();
    this.day = null;
    this.bar.hidden = this.banner.hidden = true;
    this.atlas.hold(null);
  }

  private isToday(day: string): boolean {
    return day === the<HTMLInputElement>("#replay-day").max;
  }

  private run(): void {
    clearInterval(this.timer);
    if (this.slider.value === this.slider.max) this.slider.value = "0";
    this.timer = window.setInterval(() => this.step(), PACE / Number(this.speed.value));
    this.play.textContent = this.data().words["pause"] ?? "";
  }

  private pause(): void {
    clearInterval(this.timer);
    this.timer = 0;
    this.play.textContent = this.data().words["play"] ?? "";
  }

  private step(): void {
    if (this.slider.value === this.slider.max) return this.pause();
    this.slider.value = String(Number(this.slider.value) + 1);
    this.show();
  }

  private show(): void {
    if (!this.day) return;
    const second = Number(this.slider.value) * STEP;
    const stood = stoodAt(this.day, second);
    this.atlas.hold(this.atlas.told.map((row) => replayed(row, stood.get(row.code))));
    const words = filled(this.data().words["replay"] ?? "", { day: this.day.day, time: timeOf(second) });
    the("b", this.banner).textContent = words;
    this.slider.setAttribute("aria-valuetext", words);
  }
}

function stoodAt(day: Day, second: number): Map<string, [number, number]> {
  const numbers = day.start.map(([, open, overdue]): [number, number] => [open, overdue]);
  for (const [at, place, open, overdue] of day.events) {
    if (at > second) break;
    const stood = numbers[place];
    if (stood) numbers[place] = [stood[0] + open, stood[1] + overdue];
  }
  return new Map(day.start.map(([code], at) => [code, numbers[at] ?? [0, 0]]));
}

function timeOf(second: number): string {
  const two = (value: number): string => String(Math.floor(value)).padStart(2, "0");
  return `${two(second / 3600)}:${two((second % 3600) / 60)}`;
}

function replayed(row: Row, stood: [number, number] = [0, 0]): Row {
  return { ...row, open: stood[0], overdue: stood[1], soon: 0, carded: 0, onTime: null };
}
