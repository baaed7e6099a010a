/**
 * Does what nobody waits for some milliseconds later, for several reviews at once. Code that was just used is still in the processor's
 * caches; on a machine where an API server works beside it, the log line and the metrics of a review cost a fifth of its time when they
 * are made for it alone (docs/benchmarks.md).
 */
export interface Afterwards {
  /** @param work may not throw */
  add(work: () => void): void;
  /** Does all that is left, before somebody reads what came of it. */
  settle(): void;
}

/** No work waits for more than this many others. What waits is also what the garbage collector has to copy. */
const most = 16;

/** @param delay milliseconds */
export function createAfterwards(delay = 25): Afterwards {
  let waiting: (() => void)[] = [];
  let timer: NodeJS.Timeout | undefined;
  const settle = (): void => {
    clearTimeout(timer);
    timer = undefined;
    const all = waiting;
    waiting = [];
    for (const work of all) work();
  };
  return {
    add(work) {
      if (waiting.push(work) >= most) settle();
      else timer ??= setTimeout(settle, delay);
    },
    settle,
  };
}
