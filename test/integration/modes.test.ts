import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  acceptPod,
  auditEvent,
  calledWebhooks,
  createNamespace,
  eventually,
  kubectl,
  request,
} from './support/cluster.ts';
import { isHardened, nginxPod, podOf } from './support/pods.ts';
import { comparable } from './support/promises.ts';
import { startWebhook, type Webhook } from './support/webhook.ts';

let webhook: Webhook;
beforeAll(async () => {
  webhook = await startWebhook();
});
afterAll(() => webhook?.remove());

/** What the API server makes of the pod without us. */
async function untouched() {
  return comparable((await acceptPod(await createNamespace(), nginxPod)).pod);
}

test('enforce: the pod is changed, with warnings and audit annotations', async () => {
  const namespace = await createNamespace('enforce');
  const { pod, warnings } = await acceptPod(namespace, nginxPod);
  expect(isHardened(pod)).toBe(true);
  expect(warnings).toContain('permafrost: nginx: privileged: true becomes false');
  expect((await auditEvent(namespace)).annotations).toMatchObject({ 'enforce.permafrost.dev/mode': 'enforce' });
});

test('warn: the pod stays as it is; warnings say that, and audit annotations what would be done', async () => {
  const namespace = await createNamespace('warn');
  const { pod, warnings } = await acceptPod(namespace, nginxPod);
  expect(comparable(pod)).toEqual(await untouched());
  expect(warnings).toContain('permafrost (warn only, not changed): nginx: privileged: true becomes false');
  expect((await auditEvent(namespace)).annotations).toMatchObject({
    'warn.permafrost.dev/mode': 'warn',
    'warn.permafrost.dev/rules': 'read-only-root-filesystem,privileged,writable-paths',
  });
});

test('audit: the pod stays as it is, without a warning; audit annotations say what would be done', async () => {
  const namespace = await createNamespace('audit');
  const { pod, warnings } = await acceptPod(namespace, nginxPod);
  expect(comparable(pod)).toEqual(await untouched());
  expect(warnings).toEqual([]);
  expect((await auditEvent(namespace)).annotations).toMatchObject({
    'audit.permafrost.dev/mode': 'audit',
    'audit.permafrost.dev/rules': 'read-only-root-filesystem,privileged,writable-paths',
  });
});

test('no label: the pod stays as it is, nothing is called', async () => {
  const namespace = await createNamespace();
  const { pod, warnings } = await acceptPod(namespace, nginxPod);
  expect(isHardened(pod)).toBe(false);
  expect(warnings).toEqual([]);
  expect(calledWebhooks(await auditEvent(namespace))).toEqual([]);
  expect(webhook.reviews(namespace)).toEqual([]);
});

test('a label that names no mode counts as none', async () => {
  const namespace = await createNamespace('Enforce' as 'enforce');
  expect(isHardened((await acceptPod(namespace, nginxPod)).pod)).toBe(false);
});

test('the label counts from when it is set to when it is removed', async () => {
  const namespace = await createNamespace();
  const dryRun = async () => isHardened((await acceptPod(namespace, podOf(), '?dryRun=All')).pod);
  expect(await dryRun()).toBe(false);
  await kubectl(['label', 'namespace', namespace, 'permafrost.dev/mode=enforce']);
  await eventually('the label to count', async () => (await dryRun()) || undefined);
  await kubectl(['label', 'namespace', namespace, 'permafrost.dev/mode-']);
  await eventually('the label to be forgotten', async () => !(await dryRun()) || undefined);
});

test('dry run: the same answer, and nothing is stored', async () => {
  const namespace = await createNamespace('enforce');
  const args = ['create', '--namespace', namespace, '--dry-run=server', '--output=json', '--filename=-'];
  const dry = await kubectl(args, JSON.stringify(nginxPod));
  expect(dry.stderr).toContain('Warning: permafrost: nginx: root made read-only');
  expect((await request('GET', `/api/v1/namespaces/${namespace}/pods/nginx`)).status).toBe(404);

  const { pod, warnings } = await acceptPod(namespace, nginxPod);
  expect(comparable(JSON.parse(dry.stdout))).toEqual(comparable(pod));
  for (const warning of warnings) expect(dry.stderr).toContain(`Warning: ${warning}\n`);
});

test('generateName: a pod without a name of its own is hardened, and logged by what its name is made from', async () => {
  const namespace = await createNamespace('enforce');
  const { pod } = await acceptPod(namespace, podOf({}, {}, { generateName: 'made-' }));
  expect(pod.metadata?.name).toMatch(/^made-[a-z0-9]{5}$/);
  expect(isHardened(pod)).toBe(true);
  const [line] = await eventually('a log line', () => {
    const lines = webhook.reviews(namespace);
    return lines.length > 0 ? lines : undefined;
  });
  // the API server makes the name before or after admission, depending on its version
  expect([line?.name, line?.['generateName']]).toContainEqual(expect.stringMatching(/^made-/));
});

test('metrics count the reviews of each mode', async () => {
  const text = await webhook.metrics();
  for (const mode of ['audit', 'warn', 'enforce']) {
    expect(text).toMatch(new RegExp(`^permafrost_reviews_total\\{.*mode="${mode}".*\\} [1-9]`, 'm'));
  }
});
