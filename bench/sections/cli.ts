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
  rounds: Measured[];
}

export async function measureCli(context: BenchContext): Promise<SectionResult> {
  const { space, random, smoke, peers, permafrost, progress, versions } = context;
  const manifests = writeManifests(space.file('manifests'), smoke ? 100 : 10_000, random);
  const { folder, files, workloads, bytes } = manifests;
  progress.step(`cli: ${files} manifests, ${workloads} of them with pods, ${(bytes / 1e6).toFixed(1)} MB`);
  const env = { PATH: process.env['PATH'], HOME: space.folder };
  const tools: Tool[] = [
    {
      name: 'permafrost harden',
      command: [...permafrost.command, 'harden', '--recursive', '--quiet', folder],
      env: { ...env, NODE_ENV: 'production' },
      rounds: [],
    },
  ];
  if (peers) {
    const programs = findPeers('kyverno-cli');
    Object.assign(versions, peerVersions());
    const policy = join(peerFolder('kyverno-cluster-policy'), 'policy.yaml');
    tools.push({
      name: 'kyverno apply',
      command: [join(programs, 'kyverno-cli'), 'apply', policy, '--resource', folder],
      env,
      rounds: [],
    });
  }
  await interleave(tools, smoke ? 1 : 3, random, async (tool, round) => {
    const output = space.file(`${tool.name.replace(' ', '-')}.yaml`);
    const measured = await measureCommand(tool.command, tool.env, output);
    checkOutput(tool, measured, output, workloads);
    tool.rounds.push(measured);
    progress.step(`cli, round ${round + 1}: ${tool.name} took ${measured.seconds.toFixed(1)} s`);
  });
  const figure = (measure: string, unit: string, value: (round: Measured) => number): Figure => ({
    section: 'cli',
    setting: `${files.toLocaleString('en-US')} manifests`,
    measure,
    unit,
    better: 'lower',
    reference: 'permafrost harden',
    series: tools.map(({ name, rounds }) => ({ candidate: name, samples: rounds.map(value) })),
  });
  return {
    figures: [
      figure('time', 's', ({ seconds }) => seconds),
      figure('CPU', 's', ({ cpuSeconds }) => cpuSeconds),
      figure('peak memory', 'MB', ({ peakMegabytes }) => peakMegabytes),
    ],
  };
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
