/**
 * Sees to a cluster with Permafrost in it, for all files of the run: makes a new one, and deletes it at the end if all went well. What an
 * earlier run left behind goes first. KEEP=1 takes the cluster that is there, and keeps it; CLUSTER=NAME takes another one.
 */
import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { TestProject } from 'vitest/node';
import type { E2eCluster } from './cluster-access.ts';
import { listObjects } from './objects.ts';
import { must, run } from './run.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const images = ['debian', 'nginx', 'redis', 'httpd', 'haproxy', 'memcached', 'postgres', 'mariadb', 'content'];

export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const name = process.env['CLUSTER'] ?? 'permafrost-e2e';
  const cache = process.env['CACHE'] ?? join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'permafrost');
  const kubeconfig = join(cache, `kubeconfig-${name}`);
  const script = (file: string, ...args: string[]) =>
    must(join(root, file), args, { env: { ...process.env, CLUSTER: name }, milliseconds: 3_600_000, show: true });

  const isKept = Boolean(process.env['KEEP']);
  if (!isKept && process.env['CLUSTER'] === undefined)
    await timed('the end of what was left', () => script('scripts/kind-down'));
  const isThere = existsSync(kubeconfig);
  await timed('a cluster', () => script('scripts/kind-up'));
  await timed('images', () => script('test/e2e/support/load-images', ...images));
  const programs = await findPrograms();
  const env = { ...process.env, KUBECONFIG: kubeconfig, PATH: `${programs}:${process.env['PATH']}` };
  // of an earlier run
  await run('kubectl', ['delete', '--ignore-not-found', '-k', join(root, 'manifests/overlays/kind')], { env });
  await run('kubectl', ['delete', 'namespace', '--ignore-not-found', '--selector', 'permafrost.dev/e2e'], { env });
  const objectsBefore = await listObjects(env);
  await timed('Permafrost', () => script('scripts/deploy'));

  const results = join(root, 'test-results');
  for (const folder of existsSync(results) ? olderResults(results) : []) rmSync(folder, { recursive: true });
  mkdirSync(results, { recursive: true });
  const access: E2eCluster = { name, kubeconfig, programs, results, objectsBefore };
  project.provide('e2e', access);

  return async () => {
    const { state } = project.vitest;
    const failed = state.getCountOfFailedTests() > 0 || state.getFailedFilepaths().length > 0;
    if (!failed && !isThere && !isKept) {
      await timed('the end of the cluster', () => script('scripts/kind-down'));
      return;
    }
    if (failed) say(`what the cluster looked like after each failure is in ${results}/e2e-*`);
    say(`the cluster is kept; look at it with: export KUBECONFIG=${kubeconfig}`);
    say(`delete it with: CLUSTER=${name} scripts/kind-down (a run without KEEP=1 does so too)`);
  };
}

async function findPrograms(): Promise<string> {
  const { exitCode } = await run('sh', ['-c', 'command -v kubectl']);
  return exitCode === 0 ? '' : (await must(join(root, 'test/cluster/assets'), [])).trim();
}

function olderResults(results: string): string[] {
  return readdirSync(results)
    .filter((entry) => entry.startsWith('e2e-'))
    .map((entry) => join(results, entry));
}

async function timed(what: string, work: () => Promise<unknown>): Promise<void> {
  const start = performance.now();
  await work();
  say(`${what}: ${Math.round((performance.now() - start) / 1000)} s`);
}

function say(text: string): void {
  process.stderr.write(`e2e: ${text}\n`);
}
