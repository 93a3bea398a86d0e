// Work that is asked for often is done seldom: a moment after the last asking, and never twice within a while.
export class Pace {
  private timer = 0;
  private doneAt = -Infinity;
  private running = false;
  private again = false;

  constructor(
    private readonly work: () => Promise<void>,
    private readonly pause: number,
    private readonly apart: number,
  ) {}

  ask(): void {
    if (this.running) this.again = true;
    else if (!this.timer) {
      const wait = Math.max(this.pause, this.doneAt + this.apart - performance.now());
      this.timer = window.setTimeout(() => void this.run(), wait);
    }
  }

  stop(): void {
    clearTimeout(this.timer);
    this.timer = 0;
    this.again = false;
  }

  private async run(): Promise<void> {
    this.timer = 0;
    this.running = true;
    try {
      await this.work();
    } catch {
      // the line is down: the next asking tries anew
    }
    this.running = false;
    this.doneAt = performance.now();
    if (this.again) {
      this.again = false;
      this.ask();
    }
  }
}
