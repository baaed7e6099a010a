/** Counters on the way of a review: a number goes up, and the metrics library hears of it when somebody reads. */
import { Counter, type Registry } from 'prom-client';

export interface Tally {
  /** Adds one, for the values of the labels in the order in which they were named. */
  add(first: string, second?: string): void;
}

/**
 * Makes a counter of one label or two with few values. prom-client sorts and joins the labels at each step; here there are a few
 * comparisons of strings that are mostly the same objects.
 */
export function createTally(
  registry: Registry,
  name: string,
  help: string,
  labelNames: [first: string, second?: string],
): Tally {
  const [firstName, secondName] = labelNames;
  const counts: { first: string; second: string | undefined; labels: Record<string, string>; count: number }[] = [];
  new Counter({
    name,
    help,
    labelNames: labelNames.filter((label) => label !== undefined),
    registers: [registry],
    collect() {
      this.reset();
      for (const { labels, count } of counts) this.inc(labels, count);
    },
  });
  return {
    add(first, second) {
      for (const entry of counts) {
        if (entry.first === first && entry.second === second) {
          entry.count++;
          return;
        }
      }
      const labels = { [firstName]: first, ...(secondName !== undefined && { [secondName]: second ?? '' }) };
      counts.push({ first, second, labels, count: 1 });
    },
  };
}
