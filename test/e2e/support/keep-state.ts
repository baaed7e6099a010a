/** Keeps what the cluster looks like when a test or a hook fails: namespaces are deleted soon after. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, type TestContext } from 'vitest';
import { access, permafrostNamespace, tryKubectl } from './cluster.ts';

type Task = TestContext['task'];

afterEach(async ({ task }) => {
  if (task.result?.state === 'fail') await keepState(task.name, task.result.errors);
}, 300_000);

// before the files' own hooks: see sequence.hooks in vitest.config.ts
// biome-ignore lint/correctness/noEmptyPattern: vitest reads it for the fixtures that are wanted
afterAll(async ({}, file) => {
  for (const { name, result } of withHooksThatFailed(file)) await keepState(name, result?.errors);
}, 300_000);

/** Errors of tests are with the tests, not with the suites that they are in. */
function withHooksThatFailed(suite: Task['suite'] & object): (Task['suite'] & object)[] {
  const below = suite.tasks.flatMap((task) => (task.type === 'suite' ? withHooksThatFailed(task) : []));
  return suite.result?.errors?.length ? [suite, ...below] : below;
}

async function keepState(name: string, errors: readonly { stack?: string; message: string }[] = []): Promise<void> {
  const folder = join(access.results, `e2e-${name.replaceAll(/[^A-Za-z0-9]+/g, '-').slice(0, 80)}`);
  mkdirSync(folder, { recursive: true });
  const keep = async (file: string, args: string[]) => {
    const { stdout, stderr } = await tryKubectl(args, '', 60_000);
    writeFileSync(join(folder, file), stdout + stderr);
  };
  writeFileSync(join(folder, 'errors.txt'), errors.map(({ stack, message }) => stack ?? message).join('\n\n'));

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
  process.stderr.write(`e2e: "${name}" failed; logs and cluster state are in ${folder}\n`);
}
