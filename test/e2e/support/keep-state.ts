/** Keeps what the cluster looks like when a test fails: namespaces are deleted soon after. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach } from 'vitest';
import { access, permafrostNamespace, tryKubectl } from './cluster.ts';

afterEach(async ({ task }) => {
  if (task.result?.state !== 'fail') return;
  const folder = join(access.results, `e2e-${task.name.replaceAll(/[^A-Za-z0-9]+/g, '-').slice(0, 80)}`);
  mkdirSync(folder, { recursive: true });
  const keep = async (file: string, args: string[]) => {
    const { stdout, stderr } = await tryKubectl(args, '', 60_000);
    writeFileSync(join(folder, file), stdout + stderr);
  };
  writeFileSync(
    join(folder, 'errors.txt'),
    (task.result.errors ?? []).map(({ stack, message }) => stack ?? message).join('\n\n'),
  );

  const permafrost = ['--namespace', permafrostNamespace, '--selector', 'app.kubernetes.io/name=permafrost'];
  await Promise.all([
    keep('nodes.txt', ['get', 'nodes', '--output=wide']),
    keep('pods.txt', ['get', 'pods', '--all-namespaces', '--output=wide']),
    keep('events.txt', ['get', 'events', '--all-namespaces', '--sort-by=.lastTimestamp']),
    keep('webhooks.yaml', ['get', 'mutatingwebhookconfigurations', '--output=yaml']),
    keep('permafrost.log', ['logs', ...permafrost, '--prefix', '--timestamps', '--tail=2000']),
    keep('permafrost-describe.txt', ['describe', 'pods', ...permafrost]),
  ]);
  const { stdout } = await tryKubectl(['get', 'namespaces', '--selector=permafrost.dev/e2e', '--output=name']);
  for (const name of stdout
    .split('\n')
    .filter(Boolean)
    .map((line) => line.replace('namespace/', ''))) {
    await keep(`${name}-pods.yaml`, ['--namespace', name, 'get', 'pods', '--output=yaml']);
    await keep(`${name}-describe.txt`, ['--namespace', name, 'describe', 'pods']);
    const pods = await tryKubectl(['--namespace', name, 'get', 'pods', '--output=name']);
    for (const pod of pods.stdout.split('\n').filter(Boolean).slice(0, 40)) {
      await keep(`${name}-${pod.replace('pod/', '')}.log`, [
        '--namespace',
        name,
        'logs',
        pod,
        '--all-containers',
        '--prefix',
        '--tail=200',
      ]);
    }
  }
  process.stderr.write(`e2e: "${task.name}" failed; logs and cluster state are in ${folder}\n`);
}, 300_000);
