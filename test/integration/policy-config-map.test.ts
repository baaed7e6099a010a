/** The policy in a ConfigMap of a real cluster: followed, and never worse than the last good one. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { access, call, createNamespace, eventually } from './support/cluster.ts';
import { limitedKubeconfig, measureUntil, type Replica, startReplica } from './support/replica.ts';

const unknown = 'a.example/unknown';
/** With `skip`, an image without a profile gets no volume. */
const policy = (unknownImages: string) =>
  `apiVersion: permafrost.dev/v1alpha1\nkind: Policy\nspec:\n  unknownImages: ${unknownImages}\n`;

let namespace: string;
let collection: string;
let args: string[];
let replicas: Replica[] = [];

beforeAll(async () => {
  namespace = await createNamespace();
  collection = `/api/v1/namespaces/${namespace}/configmaps`;
  const kubeconfig = await limitedKubeconfig('policy-reader', namespace, [
    { apiGroups: [''], resources: ['configmaps'], resourceNames: ['policy'], verbs: ['list', 'watch'] },
  ]);
  args = ['--policy-config-map', 'policy', '--own-namespace', namespace, '--kubeconfig', kubeconfig];
  replicas = await Promise.all([startReplica(args), startReplica(args)]);
});
afterAll(() => Promise.all(replicas.map((replica) => replica.stop())));

function put(text: string) {
  return call('PATCH', `${collection}/policy`, { data: { 'policy.yaml': text } }, 'application/merge-patch+json');
}

/** Waits for both replicas; the milliseconds that it took. */
function untilBoth(paths: string[]): Promise<number> {
  return measureUntil(`unknown images to get ${paths}`, async () => {
    const found = await Promise.all(replicas.map((replica) => replica.pathsOf(unknown)));
    return found.every((each) => each.join() === paths.join());
  });
}

function untilLogged(text: string): Promise<boolean> {
  return eventually(`the log to say "${text}"`, () => replicas.every((replica) => replica.log().includes(text)));
}

test('without the ConfigMap the default policy holds, and the log says so', async () => {
  await untilBoth(['/tmp']);
  await untilLogged('no such ConfigMap; the default policy is in use');
});

test('what is created and changed takes effect within a second on both replicas', async () => {
  const body = { metadata: { name: 'policy' }, data: { 'policy.yaml': policy('skip') } };
  await call('POST', collection, body);
  const created = await untilBoth([]);
  await put(policy('harden'));
  const changed = await untilBoth(['/tmp']);
  process.stderr.write(`a policy took effect on two replicas after (ms): ${JSON.stringify({ created, changed })}\n`);
  expect(created).toBeLessThan(1000);
  expect(changed).toBeLessThan(1000);
});

test('a broken change keeps the last good one, and says so with its place and in a metric', async () => {
  await put(policy('skip'));
  await untilBoth([]);
  await put(policy('never'));
  await untilLogged('configmap/policy/policy.yaml:4:3: spec.unknownImages: ');
  await untilBoth([]);
  expect(await replicas[0]?.metrics()).toContain('permafrost_policy_valid 0');
  await call('PATCH', `${collection}/policy`, { data: null }, 'application/merge-patch+json');
  await untilLogged('the ConfigMap has no key policy.yaml; put the policy there');
  await untilBoth([]);
  await put(policy('harden'));
  await untilBoth(['/tmp']);
  expect(await replicas[0]?.metrics()).toContain('permafrost_policy_valid 1');
});

test('a replica that starts with a broken one is not ready until it is mended', async () => {
  await put(policy('never'));
  const log = join(access.folder, 'replica-broken-policy.log');
  const starting = startReplica(args, log);
  let isReady = false;
  void starting.then(() => {
    isReady = true;
  });
  await eventually('the log to say so', () => existsSync(log) && readFileSync(log, 'utf8').includes('not ready until'));
  // it waits no more than 5 s for a policy that cannot be read, but for a broken one as long as it is broken
  await sleep(6_000);
  expect(isReady).toBe(false);
  await put(policy('skip'));
  const replica = await starting;
  expect(await replica.pathsOf(unknown)).toEqual([]);
  await replica.stop();
});

test('when it is deleted, the last one stays in use and the log says so', async () => {
  await untilBoth([]);
  await call('DELETE', `${collection}/policy`);
  await untilLogged('the ConfigMap is gone; the last policy stays in use until the next start');
  await untilBoth([]);
  expect(await replicas[0]?.metrics()).toContain('permafrost_policy_valid 0');
});
