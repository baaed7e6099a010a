/** Manifests on the command line, against `kyverno apply` on the same files. */
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { findPeers, peerFolder, peerVersions } from '../apiserver/peer-programs.ts';
import type { BenchContext, SectionResult } from '../context.ts';
import { interleave } from '../measure/rounds.ts';
import { type Measured, measureCommand } from '../processes/measure.ts';
import type { Figure } from '../report/figure.ts';
import { writeManifests } from '../workloads/manifests.ts';

interface Tool {
  name: string;
  command: string[];
  env: Record<string, string | undefined>;
}

/** The large number takes a peer a minute: one round of it, and several of a smaller one for the spread. */
const sizes = [
  { files: 1_000, rounds: 3 },
  { files: 10_000, rounds: 1 },
];

export async function measureCli(context: BenchContext): Promise<SectionResult> {
  const tools = toolsOf(context);
  const figures: Figure[] = [];
  for (const { files, rounds } of context.smoke ? [{ files: 100, rounds: 1 }] : sizes) {
    figures.push(...(await measureSize(tools, files, rounds, context)));
  }
  return { figures };
}

/** Their commands, which want a folder as the last argument. */
function toolsOf({ space, permafrost, peers, versions }: BenchContext): Tool[] {
  const env = { PATH: process.env['PATH'], HOME: space.folder };
  const ours = { name: 'permafrost harden', command: [...permafrost.command, 'harden', '--quiet'], env };
  if (!peers) return [ours];
  const program = join(findPeers('kyverno-cli'), 'kyverno-cli');
  Object.assign(versions, peerVersions());
  const policy = join(peerFolder('kyverno-cluster-policy'), 'policy.yaml');
  return [ours, { name: 'kyverno apply', command: [program, 'apply', policy, '--resource'], env }];
}

async function measureSize(
  tools: readonly Tool[],
  files: number,
  rounds: number,
  { space, random, progress }: BenchContext,
): Promise<Figure[]> {
  const { folder, workloads, bytes } = writeManifests(space.file(`manifests-${files}`), files, random);
  progress.step(`cli: ${files} manifests, ${workloads} of them with pods, ${(bytes / 1e6).toFixed(1)} MB`);
  const results = new Map<string, Measured[]>(tools.map(({ name }) => [name, []]));
  await interleave(tools, rounds, random, async (tool, round) => {
    const output = space.file(`${tool.name.replace(' ', '-')}.yaml`);
    const measured = await measureCommand([...tool.command, folder], tool.env, output);
    checkOutput(tool, measured, output, workloads);
    results.get(tool.name)?.push(measured);
    progress.step(`cli, round ${round + 1}/${rounds}: ${tool.name} took ${measured.seconds.toFixed(1)} s`);
  });
  const figure = (measure: string, unit: string, value: (round: Measured) => number): Figure => ({
    section: 'cli',
    setting: `${files.toLocaleString('en-US')} manifests`,
    measure,
    unit,
    better: 'lower',
    reference: 'permafrost harden',
    series: tools.map(({ name }) => ({ candidate: name, samples: (results.get(name) ?? []).map(value) })),
  });
  return [
    figure('time', 's', ({ seconds }) => seconds),
    figure('CPU', 's', ({ cpuSeconds }) => cpuSeconds),
    figure('peak memory', 'MB', ({ peakMegabytes }) => peakMegabytes),
  ];
}

/** Every pod and pod template must have come out with a read-only root. */
function checkOutput({ name }: Tool, { exitCode }: Measured, output: string, workloads: number): void {
  const hardened = readFileSync(output, 'utf8').match(/readOnlyRootFilesystem: true/g)?.length ?? 0;
  if (exitCode === 0 && hardened === workloads) return;
  const said = readFileSync(`${output}.err`, 'utf8').slice(-1000);
  throw new Error(
    `${name} ended with ${exitCode} and hardened ${hardened} of ${workloads} in ${statSync(output).size} bytes: ${said}`,
  );
}
