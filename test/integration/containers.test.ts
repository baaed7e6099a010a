import { afterAll, beforeAll, expect, test } from 'vitest';
import { acceptPod, createNamespace, readPod } from './support/cluster.ts';
import { containerOf, injectedMounts, injectedPaths, isHardened, nginxPod, podOf } from './support/pods.ts';
import { comparable } from './support/promises.ts';
import { startWebhook, type Webhook } from './support/webhook.ts';

let webhook: Webhook;
let namespace: string;
beforeAll(async () => {
  webhook = await startWebhook();
  namespace = await createNamespace('enforce');
});
afterAll(() => webhook?.remove());

const tokens = '/var/run/secrets/kubernetes.io/serviceaccount';

test('init containers, sidecars and containers are all hardened, each with volumes of its own', async () => {
  const { pod } = await acceptPod(
    namespace,
    podOf(
      { name: 'web', image: 'nginx' },
      {
        initContainers: [
          { name: 'setup', image: 'nginx', securityContext: { privileged: true } },
          { name: 'proxy', image: 'nginx', restartPolicy: 'Always' },
        ],
      },
    ),
  );
  expect(isHardened(pod)).toBe(true);
  expect(containerOf(pod, 'setup').securityContext?.privileged).toBe(false);
  expect(containerOf(pod, 'proxy')['restartPolicy']).toBe('Always');
  const names = ['web', 'setup', 'proxy'].flatMap((name) => injectedMounts(pod, name).map((mount) => mount.name));
  expect(names).toHaveLength(6);
  expect(new Set(names).size).toBe(6);
});

test('the service account token under /var/run stays mounted, below the emptyDir that is injected there', async () => {
  const { pod } = await acceptPod(namespace, podOf({ image: 'nginx' }));
  const paths = containerOf(pod, 'app').volumeMounts?.map((mount) => mount.mountPath);
  expect(paths).toContain(tokens);
  expect(injectedPaths(pod, 'app')).toContain('/var/run');
  // runtimes mount in the order of the number of path components
  expect(tokens.split('/').length).toBeGreaterThan('/var/run'.split('/').length);
  expect(containerOf(pod, 'app').volumeMounts?.find((mount) => mount.mountPath === tokens)?.readOnly).toBe(true);
});

test('the init container that copies the content of an image gets no service account token', async () => {
  const { pod } = await acceptPod(namespace, podOf({ name: 'pool', image: 'edoburu/pgbouncer' }));
  const copier = containerOf(pod, 'permafrost-copy-pool');
  const tokenVolume = containerOf(pod, 'pool').volumeMounts?.find((mount) => mount.mountPath === tokens)?.name;
  expect(tokenVolume).toMatch(/^kube-api-access-/);
  expect(copier.volumeMounts?.map((mount) => mount.name)).not.toContain(tokenVolume);
  expect(copier.securityContext?.readOnlyRootFilesystem).toBe(true);
});

test('a pod as the ReplicaSet of a Deployment makes it is hardened, and keeps its owner', async () => {
  const owner = {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    name: 'web-7d9c',
    uid: crypto.randomUUID(),
    controller: true,
    blockOwnerDeletion: true,
  };
  const { pod } = await acceptPod(
    namespace,
    podOf(
      { image: 'nginx' },
      {},
      { generateName: 'web-7d9c-', labels: { 'pod-template-hash': '7d9c' }, ownerReferences: [owner] },
    ),
  );
  expect(isHardened(pod)).toBe(true);
  expect(pod.metadata).toMatchObject({ ownerReferences: [owner], labels: { 'pod-template-hash': '7d9c' } });
});

test('a copy of a hardened pod is accepted as it is: no change, no further annotation, no warning of a change', async () => {
  await acceptPod(namespace, { ...nginxPod, metadata: { name: 'original' } });
  const original = await readPod(namespace, 'original');
  const { uid, resourceVersion, creationTimestamp, ...metadata } = original.metadata ?? {};
  const copy = await acceptPod(namespace, { ...original, metadata: { ...metadata, name: 'copy' } });
  expect(comparable(copy.pod)).toEqual(comparable(original));
  expect(copy.warnings.filter((warning) => /becomes|made read-only|emptyDir on/.test(warning))).toEqual([]);
});

test('SYS_ADMIN and ALL are taken out of what a container may do, whatever their spelling', async () => {
  const add = ['CAP_SYS_ADMIN', 'sys_admin', 'ALL', 'NET_BIND_SERVICE'];
  const { pod } = await acceptPod(namespace, podOf({ securityContext: { capabilities: { add, drop: ['ALL'] } } }));
  expect(containerOf(pod, 'app').securityContext?.capabilities).toEqual({ add: ['NET_BIND_SERVICE'], drop: ['ALL'] });
});
