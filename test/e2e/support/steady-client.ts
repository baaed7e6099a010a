/** A client that creates pods without pause while something happens to Permafrost. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Pod } from '../../../src/harden/pod.ts';
import { isHardened } from '../../integration/support/pods.ts';
import { request } from './cluster.ts';

/** A creation that did not go well. */
export interface Failure {
  /** Milliseconds since the client began. */
  at: number;
  error: string;
  /** How long until the same creation went well. */
  clearedAfter: number | undefined;
  /** How many times it was tried again until then. */
  retries: number;
}

export interface SteadyReport {
  created: number;
  failures: Failure[];
  /** Pods that got in as they were. */
  unhardened: string[];
  /** The longest time of one creation, in milliseconds. */
  slowest: number;
}

/** Writes all over its root, is privileged, and runs nowhere: only its admission matters. */
const pod = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { generateName: 'steady-' },
  spec: {
    schedulerName: 'nobody',
    containers: [{ name: 'nginx', image: 'nginx:1.27', securityContext: { privileged: true } }],
  },
};

const loops = 2;
const pause = 40;

/**
 * Creates pods, and deletes them again, until `disturbance` is over and for some seconds more: what it did may show late.
 *
 * @param after seconds
 */
export async function whileCreatingPods(
  namespace: string,
  disturbance: () => Promise<void>,
  after = 5,
): Promise<SteadyReport> {
  const report: SteadyReport = { created: 0, failures: [], unhardened: [], slowest: 0 };
  const start = performance.now();
  let isOver = false;

  const loop = async () => {
    let failure: Failure | undefined;
    while (!isOver || failure) {
      const from = performance.now();
      const outcome = await create(namespace);
      report.slowest = Math.max(report.slowest, performance.now() - from);
      if (typeof outcome !== 'string') {
        report.created++;
        if (!outcome.isHardened) report.unhardened.push(`${outcome.name} at ${Math.round(from - start)} ms`);
        if (failure) failure.clearedAfter = performance.now() - start - failure.at;
        failure = undefined;
        await remove(namespace, outcome.name);
      } else if (failure) {
        failure.retries++;
        if (performance.now() - start - failure.at > 60_000) return;
      } else {
        failure = { at: from - start, error: outcome, clearedAfter: undefined, retries: 0 };
        report.failures.push(failure);
      }
      await sleep(pause);
    }
  };

  const running = Promise.all(Array.from({ length: loops }, loop));
  try {
    await sleep(500); // it must be at work before
    await disturbance();
    await sleep(after * 1000);
  } finally {
    isOver = true;
  }
  await running;
  const { created, failures, slowest } = report;
  const seconds = Math.round((performance.now() - start) / 1000);
  const errors = failures.map(
    ({ at, error, clearedAfter = Number.NaN, retries }) =>
      `\n  after ${Math.round(at)} ms, cleared after ${Math.round(clearedAfter)} ms and ${retries} more: ${error}`,
  );
  process.stderr.write(
    `e2e: ${created} pods in ${seconds} s, slowest ${Math.round(slowest)} ms, ${failures.length} failed${errors.join('')}\n`,
  );
  return report;
}

async function create(namespace: string): Promise<{ name: string; isHardened: boolean } | string> {
  try {
    const { status, text } = await request('POST', `/api/v1/namespaces/${namespace}/pods`, pod);
    if (status !== 201) return `${status} ${messageOf(text)}`;
    const created = JSON.parse(text) as Pod;
    const isPrivileged = created.spec.containers?.some((container) => container.securityContext?.privileged);
    return { name: created.metadata?.name ?? '', isHardened: isHardened(created) && !isPrivileged };
  } catch (error) {
    return String(error);
  }
}

function messageOf(text: string): string {
  try {
    return (JSON.parse(text) as { message?: string }).message ?? text;
  } catch {
    return text;
  }
}

/** What cannot be deleted now goes with the namespace. */
async function remove(namespace: string, name: string): Promise<void> {
  await request('DELETE', `/api/v1/namespaces/${namespace}/pods/${name}?gracePeriodSeconds=0`).catch(() => undefined);
}
