/** What one replica carries, and how many a large cluster needs. */
import { summarize } from '../measure/statistics.ts';
import type { Figure } from '../report/figure.ts';

/**
 * The most that Kubernetes is made for: https://github.com/kubernetes/community/blob/master/sig-scalability/configs-and-limits/thresholds.md
 */
const cluster = { nodes: 5_000, pods: 150_000 };

/** Seconds in which all pods of a cluster might be made anew: as fast as a catastrophe, and faster than schedulers are. */
const hurry = 300;

/**
 * Works it out from processor time, as reviews are worked on by one thread, and by what is dearest: pods of new templates.
 *
 * @param figures of a section; those of "CPU of the webhook" count
 */
export function describeCapacity(figures: readonly Figure[]): string {
  const seconds = figures
    .filter(({ measure }) => measure === 'CPU of the webhook')
    .flatMap(({ series }) => series.filter(({ candidate }) => candidate.startsWith('Permafrost')))
    .map(({ samples }) => summarize(samples).median);
  const dearest = Math.max(...seconds);
  const carried = Math.floor(1_000 / dearest);
  const peak = cluster.pods / hurry;
  const needed = Math.ceil(peak / carried);
  const number = (value: number) => value.toLocaleString('en-US');
  return [
    `one replica takes ${dearest.toFixed(2)} s of a processor for 1,000 new pods, so it carries ${number(carried)} a second;`,
    `${number(cluster.nodes)} nodes make five a second, and ${number(peak)} if all their ${number(cluster.pods)} pods were made anew`,
    `within five minutes: ${needed === 1 ? 'one replica does' : `${needed} replicas do`}, and one more so that one may fail`,
  ].join(' ');
}
