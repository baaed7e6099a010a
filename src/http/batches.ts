/**
 * Does the same step for all that came in one turn of the event loop, then the next step for all. Code and data that were just used are
 * still in the processor's caches; between two requests, reading and writing TLS would have pushed them out. With many
 * connections a review takes two thirds of the time (docs/benchmarks.md). What comes alone is done at once: putting it off for a turn
 * would take a tenth of its time.
 */

/** No answer waits for more than this many others. What waits is also what the garbage collector has to copy. */
const most = 16;

/** Milliseconds: what comes later than this after the work before did not come with it. */
const apart = 0.2;

/**
 * Makes the function that takes work in.
 *
 * @param steps in their order; none may throw
 * @param now the clock, in milliseconds
 */
export function inBatches<Work>(
  steps: readonly ((work: Work) => void)[],
  now: () => number = () => performance.now(),
): (work: Work) => void {
  let waiting: Work[] = [];
  let lastDone = Number.NEGATIVE_INFINITY;
  let soon: NodeJS.Immediate | undefined;
  const run = (): void => {
    clearImmediate(soon);
    soon = undefined;
    const batch = waiting;
    waiting = [];
    for (const step of steps) for (const work of batch) step(work);
    lastDone = now();
  };
  return (work) => {
    const isAlone = waiting.push(work) === 1 && now() - lastDone > apart;
    if (isAlone || waiting.length >= most) run();
    else soon ??= setImmediate(run);
  };
}
