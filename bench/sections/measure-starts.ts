/** From the start of a program until it says that it is ready. */
import { startGatekeeper } from '../apiserver/gatekeeper.ts';
import { startKyverno } from '../apiserver/kyverno.ts';
import type { BenchContext } from '../context.ts';
import { interleave } from '../measure/rounds.ts';
import type { Figure } from '../report/figure.ts';
import { permafrostServer } from '../servers/permafrost.ts';
import { bareServer, startServer } from '../servers/server.ts';

interface Started {
  readyAfter?: number;
  stop?(): Promise<void>;
}

export async function measureStarts(context: BenchContext): Promise<Figure> {
  const { space, permafrost, random, smoke, peers, progress } = context;
  const programs: { name: string; start: () => Promise<Started> }[] = [
    { name: 'bare Node', start: () => startServer(bareServer(space), space) },
    { name: 'Permafrost', start: () => startServer(permafrostServer(permafrost, space), space) },
  ];
  if (peers) {
    const { cluster } = await context.field();
    programs.push({ name: 'Gatekeeper', start: () => startGatekeeper(cluster, space) });
    programs.push({ name: 'Kyverno', start: () => startKyverno(cluster, space) });
  }
  const series = programs.map(({ name }) => ({ candidate: name, samples: [] as number[] }));
  await interleave(programs, smoke ? 1 : 5, random, async ({ name, start }) => {
    const started = await start();
    await started.stop?.();
    const seconds = (started.readyAfter ?? Number.NaN) / 1000;
    series.find(({ candidate }) => candidate === name)?.samples.push(seconds);
    progress.step(`start: ${name} is ready after ${seconds.toFixed(2)} s`);
  });
  return {
    section: 'memory',
    setting: 'start',
    measure: 'until ready',
    unit: 's',
    better: 'lower',
    reference: 'Permafrost',
    series,
    goals: [{ candidate: 'Permafrost', atMost: 0.5 }],
  };
}
