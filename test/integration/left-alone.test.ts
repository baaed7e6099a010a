/** Pods that must never be touched cost no call either: the API server itself leaves them out. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  acceptPod,
  auditEvent,
  calledWebhooks,
  createNamespace,
  createServiceAccount,
  eventually,
  kubectl,
} from './support/cluster.ts';
import { isHardened, podOf } from './support/pods.ts';
import { startWebhook, type Webhook } from './support/webhook.ts';

let webhook: Webhook;
beforeAll(async () => {
  webhook = await startWebhook();
});
afterAll(() => webhook?.remove());

async function expectNoCall(namespace: string, pod: object): Promise<void> {
  const { pod: created } = await acceptPod(namespace, pod);
  expect(isHardened(created)).toBe(false);
  const event = await auditEvent(namespace, ({ objectRef }) => objectRef?.name === created.metadata?.name);
  expect(calledWebhooks(event)).toEqual([]);
  expect(webhook.reviews(namespace)).toEqual([]);
}

test('mirror pods of static pods', async () => {
  const metadata = { name: 'mirror', annotations: { 'kubernetes.io/config.mirror': 'hash' } };
  await expectNoCall(
    await createNamespace('enforce'),
    podOf({}, { nodeName: 'node', automountServiceAccountToken: false }, metadata),
  );
});

test('Windows pods', async () => {
  const securityContext = { windowsOptions: { runAsUserName: 'ContainerUser' } };
  await expectNoCall(
    await createNamespace('enforce'),
    podOf({}, { os: { name: 'windows' }, securityContext }, { name: 'windows' }),
  );
});

test.for(['kube-system', 'permafrost-system'])('the namespace %s, also with a label', async (namespace) => {
  if (namespace === 'kube-system') {
    await createServiceAccount(namespace);
    await eventually('the label', async () => {
      const { exitCode } = await kubectl([
        'label',
        '--overwrite',
        'namespace',
        namespace,
        'permafrost.dev/mode=enforce',
      ]);
      return exitCode === 0 || undefined;
    });
  } else await createNamespace('enforce', namespace);
  await expectNoCall(namespace, podOf({}, {}, { name: 'system' }));
});
