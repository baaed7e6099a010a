/** What a webhook takes: CPU and memory for reviews that are sent to it directly, and the time until it is ready. */
import type { BenchContext, SectionResult } from '../context.ts';
import { load, type Target } from '../load/wrk.ts';
import { anonymousMegabytes, residentMegabytes } from '../processes/usage.ts';
import type { Figure } from '../report/figure.ts';
import { permafrostServer } from '../servers/permafrost.ts';
import { bareServer, startServer } from '../servers/server.ts';
import { nginxPod } from '../workloads/pods.ts';
import { reviewOf } from '../workloads/review.ts';
import { checkReview } from './check-review.ts';
import { measureLoad } from './measure-load.ts';
import { measureStarts } from './measure-starts.ts';

const section = 'memory';
const setting = 'reviews sent directly, 8 connections';
const connections = 8;

interface Process {
  name: string;
  pid: number;
  target: Target;
}

export async function measureMemory(context: BenchContext): Promise<SectionResult> {
  const { space, random, smoke, peers, permafrost } = context;
  const servers = await Promise.all(
    [bareServer(space), permafrostServer(permafrost, space)].map((command) => startServer(command, space)),
  );
  try {
    const processes: Process[] = [];
    const add = async (server: { name: string; pid: number; url: string }, namespace: string): Promise<void> => {
      const body = JSON.stringify(reviewOf(nginxPod(random, namespace), random));
      const expected = server.name === 'bare Node' ? 'untouched' : 'hardened';
      await checkReview(server, body, server.name.startsWith('Kyverno') ? undefined : space.tls.ca, expected);
      const file = space.write(`memory-${namespace}.json`, `${body}\n`);
      processes.push({ name: server.name, pid: server.pid, target: { url: server.url, bodies: file } });
    };
    for (const server of servers) await add(server, 'web');
    if (peers) {
      const { candidates } = await context.field();
      for (const { name, pid, url, namespace } of candidates) {
        const isPeer = name === 'Gatekeeper' || name.startsWith('Kyverno');
        if (isPeer && pid !== undefined && url !== undefined) await add({ name, pid, url }, namespace);
      }
    }

    const measured = await measureLoad(
      {
        section,
        setting,
        measure: 'reviews',
        candidates: processes,
        reference: 'Permafrost',
        connections,
        rounds: smoke ? 1 : 5,
        seconds: smoke ? 1 : 2,
        warmUpSeconds: smoke ? 1 : 2,
      },
      context,
    );
    const resident = await measureResident(processes, context);
    const started = await measureStarts(context);
    return { figures: [...measured, ...resident.figures, started], notes: resident.notes ?? [] };
  } finally {
    await Promise.all(servers.map((server) => server.stop()));
  }
}

/** After as many reviews as Permafrost is promised for, or as many as a peer takes in the time that there is. */
async function measureResident(
  processes: readonly Process[],
  { smoke, progress }: BenchContext,
): Promise<SectionResult> {
  const reviews = smoke ? 500 : 100_000;
  const resident: Figure['series'] = [];
  const anonymous: Figure['series'] = [];
  const notes: string[] = [];
  for (const { name, pid, target } of processes) {
    const isPeer = name !== 'Permafrost';
    const deadline = performance.now() + (isPeer ? 15_000 : 300_000);
    let sent = 0;
    while (sent < reviews && performance.now() < deadline) {
      sent += (await load(target, connections, smoke ? 1 : 2)).requests;
    }
    const megabytes = residentMegabytes(pid);
    progress.step(`memory: ${name} has ${Math.round(megabytes)} MB after ${sent} reviews`);
    if (sent < reviews)
      notes.push(`${name} took only ${sent.toLocaleString('en-US')} reviews until its memory was looked at`);
    resident.push({ candidate: name, samples: [megabytes] });
    anonymous.push({ candidate: name, samples: [anonymousMegabytes(pid)] });
  }
  const common = {
    section,
    setting: `after ${reviews.toLocaleString('en-US')} reviews`,
    unit: 'MB',
    better: 'lower' as const,
    reference: 'Permafrost',
  };
  const goals = [{ candidate: 'Permafrost', atMost: 90 }];
  const figures: Figure[] = [
    { ...common, measure: 'resident memory', series: resident, goals },
    { ...common, measure: 'of it heap and stacks', series: anonymous },
  ];
  return { figures, notes };
}
