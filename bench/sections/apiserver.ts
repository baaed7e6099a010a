/** Through a real API server: what a pod costs that passes a webhook, held against the ceiling and against peers. */

import { setTimeout as sleep } from 'node:timers/promises';
import type { ApiCandidate } from '../apiserver/candidate.ts';
import { nginx, podsPath } from '../apiserver/pod.ts';
import type { BenchContext, SectionResult } from '../context.ts';
import { cpuSeconds } from '../processes/usage.ts';
import type { Figure, Goal } from '../report/figure.ts';
import { templatesOf } from '../workloads/templates.ts';
import { describeCapacity } from './capacity.ts';
import { measureLoad } from './measure-load.ts';
import { withNewPods } from './new-pods.ts';

const name = 'Permafrost';
const goals: Goal[] = [
  { candidate: name, against: 'constant patch', atLeast: 0.95 },
  { candidate: name, against: 'native policy', atLeast: 1.3 },
  { candidate: name, against: 'Gatekeeper', atLeast: 1.6 },
  { candidate: name, against: 'Kyverno MutatingPolicy', atLeast: 1.6 },
  { candidate: name, against: 'Kyverno ClusterPolicy', atLeast: 1.6 },
];

export async function measureApiServer(context: BenchContext): Promise<SectionResult> {
  const { space, smoke, random } = context;
  const { cluster, candidates } = await context.field();
  const { url, token } = cluster.access;
  const write = (file: string, pods: object[]) =>
    space.write(file, pods.map((pod) => `${JSON.stringify(pod)}\n`).join(''));
  const known = write('pod.json', [nginx]);
  const fresh = write('pods.json', templatesOf(nginx, random, 1000));
  const usual = candidates.map((candidate) => ({
    ...candidate,
    target: {
      url: `${url}${podsPath(candidate.namespace)}`,
      bodies: known,
      headers: { Authorization: `Bearer ${token}` },
    },
  }));
  const idle = await describeIdle(candidates, smoke ? 1 : 5);
  const figures: Figure[] = [];
  for (const clients of smoke ? [4] : [4, 32]) {
    const measured = await measureLoad(
      {
        section: 'apiserver',
        setting: `${clients} clients`,
        measure: 'pods',
        candidates: withNewPods(usual, fresh),
        reference: 'constant patch',
        connections: clients,
        // short, so that neighbours in time have the same machine
        rounds: smoke ? 1 : 13,
        seconds: 1,
        warmUpSeconds: smoke || clients > 4 ? 1 : 4,
        server: { name: 'API server', pid: cluster.pid },
        goals,
      },
      context,
    );
    figures.push(...measured);
  }
  return { figures, notes: [idle, ...(smoke ? [] : [describeCapacity(figures)])] };
}

/** Those that are not measured stay beside those that are: what they do then goes off everybody's time. */
async function describeIdle(candidates: readonly ApiCandidate[], seconds: number): Promise<string> {
  const processes = new Map(
    candidates.flatMap(({ name, pid }) =>
      pid === undefined ? [] : [[pid, name.replace(/^Kyverno .*/, 'Kyverno')] as const],
    ),
  );
  const before = [...processes.keys()].map(cpuSeconds);
  await sleep(seconds * 1000);
  const shares = [...processes].map(
    ([pid, name], index) => `${name} ${(((cpuSeconds(pid) - (before[index] ?? 0)) / seconds) * 100).toFixed(1)} %`,
  );
  return `while nobody asked, they took of a processor: ${shares.join(', ')}`;
}
