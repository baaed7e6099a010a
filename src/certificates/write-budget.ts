/**
 * How often the webhooks may be written. Whoever empties a `caBundle` sees it mended at once; a tool that does so again and again is
 * answered ever more slowly, down to once in `refill`: two controllers that do not know of each other must not keep an API server busy.
 */
export interface WriteBudget {
  /** When the next write may be, on the clock that the calls are given. */
  mayWriteAt(): number;
  /** Notes that there was one. */
  spend(now: number): void;
}

const defaults = { writes: 10, refill: 5_000 };

/** Makes a full budget (a leaky bucket, as the API server's own rate limits). */
export function createWriteBudget({ writes, refill } = defaults): WriteBudget {
  /** When the budget will be full again. */
  let fullAt = Number.NEGATIVE_INFINITY;
  return {
    mayWriteAt: () => fullAt - (writes - 1) * refill,
    spend(now) {
      fullAt = Math.max(fullAt, now) + refill;
    },
  };
}
