/** What these tests stand on: they never skip, and never leave anything behind. */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, expect, test } from 'vitest';
import { findAssets } from './support/assets.ts';
import { access, eventually } from './support/cluster.ts';

const folder = mkdtempSync(join(tmpdir(), 'permafrost-harness-'));
afterAll(() => rmSync(folder, { recursive: true }));

test('KUBEBUILDER_ASSETS without all programs is an error that says which are missing and what to do', () => {
  writeFileSync(join(folder, 'etcd'), '', { mode: 0o755 });
  writeFileSync(join(folder, 'kubectl'), '', { mode: 0o644 });
  expect(() => findAssets({ KUBEBUILDER_ASSETS: folder })).toThrow(
    `KUBEBUILDER_ASSETS is "${folder}", where no executable kube-apiserver, kubectl can be found; point it to a folder with`,
  );
});

test('no Go to build the programs with is an error, not a skip', () => {
  const env = { CACHE: join(folder, 'empty-cache'), PATH: '/usr/bin:/bin', HOME: folder };
  expect(() => findAssets(env)).toThrow(/cannot make etcd, kube-apiserver, kubectl: .*assets ended with 1/);
});

test.for(['SIGKILL', 'SIGINT'] as const)('nothing is left when the test run ends by %s', async (signal) => {
  const setup = new URL('support/global-setup.ts', import.meta.url).href;
  const script = `const { access, pid } = await (await import('${setup}')).startControlPlane(); console.log(pid, access.folder); setInterval(() => {}, 1000);`;
  const run = spawn(process.execPath, ['--input-type=module', '--eval', script], {
    env: { ...process.env, KUBEBUILDER_ASSETS: join(access.kubectl, '..') },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = (await once(createInterface(run.stdout), 'line')) as [string];
  const [pid = '', place = ''] = line.split(' ');
  const children = execFileSync('ps', ['-o', 'pid=', '--ppid', pid], { encoding: 'utf8' })
    .trim()
    .split(/\s+/)
    .map(Number);
  expect(children).toHaveLength(2);

  run.kill(signal);
  await eventually(
    'the control plane to end',
    () => (!children.some(isAlive) && !isAlive(Number(pid)) && !existsSync(place)) || undefined,
  );
});

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
