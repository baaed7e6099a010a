/** Starts one control plane for all files of the run, and stops it at the end. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { TestProject } from 'vitest/node';
import { findAssets } from './assets.ts';
import type { ClusterAccess } from './cluster-access.ts';

const program = fileURLToPath(new URL('control-plane-process.ts', import.meta.url));

export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const { access, stop } = await startControlPlane();
  project.provide('cluster', access);
  return async () => {
    const { state } = project.vitest;
    const failed = state.getCountOfFailedTests() > 0 || state.getFailedFilepaths().length > 0;
    await stop(failed ? 'keep' : 'remove');
    if (failed) process.stderr.write(`\nlogs of the API server, etcd and the webhooks are kept in ${access.folder}\n`);
  };
}

/** Starts etcd and kube-apiserver in a process group of their own, so that a Ctrl-C for the test run lets them end in order. */
export async function startControlPlane(): Promise<{
  access: ClusterAccess;
  pid: number;
  stop: (folder: 'keep' | 'remove') => Promise<void>;
}> {
  const assets = findAssets(process.env);
  const folder = mkdtempSync(join(tmpdir(), 'permafrost-integration-'));
  const child = spawn(process.execPath, [program, assets, folder], {
    stdio: ['pipe', 'pipe', 'inherit'],
    detached: true,
  });
  const exit = once(child, 'exit');
  const line = await Promise.race([once(createInterface(child.stdout), 'line'), exit.then(() => undefined)]);
  if (!line) throw new Error(`the control plane did not start; see above, and the logs in ${folder}`);
  return {
    access: JSON.parse(String(line[0])) as ClusterAccess,
    pid: child.pid ?? 0,
    async stop(outcome) {
      child.stdin.end(outcome);
      await exit;
    },
  };
}
