/**
 * Does the same step for all that came in one turn of the event loop, then the next step for all. Code and data that were just used are
 * still in the processor's caches; between two requests, reading and writing TLS would have pushed them out. With many
 * connections a review takes two thirds of the time (docs/benchmarks.md); a review that comes alone waits for nobody.
 */

/** No answer waits for more than this many others. */
const most = 32;

/**
 * Makes the function that takes work in.
 *
 * @param steps in their order; none may throw
 */
export function inBatches<Work>(steps: readonly ((work: Work) => void)[]): (work: Work) => void {
  let waiting: Work[] = [];
  const run = (): void => {
    const batch = waiting.slice(0, most);
    waiting = waiting.slice(most);
    if (waiting.length > 0) setImmediate(run);
    for (const step of steps) for (const work of batch) step(work);
  };
  return (work) => {
    if (waiting.length === 0) setImmediate(run);
    waiting.push(work);
  };
}
