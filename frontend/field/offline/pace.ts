// At once after quiet; asked again and again, after pauses of 1, 2, 4 ... 60 seconds. One at a time, and the last asking
// is never forgotten.
const SHORTEST = 1_000;
const LONGEST = 60_000;

export function paced(work: () => Promise<unknown>, clock: () => number = Date.now): () => void {
  let pause = 0;
  let next = 0;
  let running = false;
  let waits = false;
  const run = async (): Promise<void> => {
    [running, waits] = [true, false];
    try {
      await work();
    } finally {
      running = false;
      next = clock() + pause;
      if (waits) plan();
    }
  };
  const plan = (): void => {
    pause = clock() > next + pause ? SHORTEST : Math.min(LONGEST, 2 * pause);
    setTimeout(() => void run(), Math.max(0, next - clock()));
  };
  return () => {
    if (waits) return;
    waits = true;
    if (!running) plan();
  };
}
