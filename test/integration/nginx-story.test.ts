/** The story of the README, with the real kubectl. */
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { auditEvent, createNamespace, kubectl, readPod } from './support/cluster.ts';
import { containerOf, injectedPaths } from './support/pods.ts';
import { startWebhook, type Webhook } from './support/webhook.ts';

const example = fileURLToPath(new URL('../../examples/nginx-pod.yaml', import.meta.url));

let webhook: Webhook;
let namespace: string;

beforeAll(async () => {
  webhook = await startWebhook();
  namespace = await createNamespace();
  const label = ['label', 'namespace', namespace, 'permafrost.dev/mode=enforce'];
  expect(await kubectl(label)).toMatchObject({ exitCode: 0 });
});
afterAll(() => webhook?.remove());

test('nginx comes out with a read-only root, without privilege, and with emptyDir volumes where it writes', async () => {
  const applied = await kubectl(['apply', '--namespace', namespace, '--filename', example]);
  expect(applied).toMatchObject({ exitCode: 0, stdout: 'pod/nginx created\n' });
  expect(applied.stderr).toMatch(/^Warning: permafrost: nginx: privileged: true becomes false$/m);
  expect(applied.stderr).toMatch(/^Warning: permafrost: nginx: root made read-only$/m);
  expect(applied.stderr).toMatch(/^Warning: permafrost: nginx: emptyDir on \/var\/cache\/nginx, \/var\/run$/m);

  const pod = await readPod(namespace, 'nginx');
  expect(containerOf(pod, 'nginx').securityContext).toMatchObject({ readOnlyRootFilesystem: true, privileged: false });
  expect(injectedPaths(pod, 'nginx')).toEqual(['/var/cache/nginx', '/var/run']);
  expect(pod.metadata?.annotations).toMatchObject({
    'permafrost.dev/changes': expect.stringContaining('root made read-only'),
    'cluster-autoscaler.kubernetes.io/safe-to-evict-local-volumes':
      'permafrost-nginx-var-cache-nginx,permafrost-nginx-var-run',
  });

  const event = await auditEvent(namespace, ({ verb }) => verb === 'create');
  expect(event.annotations).toMatchObject({
    'enforce.permafrost.dev/mode': 'enforce',
    'enforce.permafrost.dev/rules': 'read-only-root-filesystem,privileged,writable-paths',
    'enforce.permafrost.dev/profiles': 'nginx=nginx',
  });
});

test('applying the same file again: kubectl asks for what was taken, which no running pod can get; the pod stays hardened', async () => {
  const before = await readPod(namespace, 'nginx');
  const applied = await kubectl(['apply', '--namespace', namespace, '--filename', example]);
  expect(applied).toMatchObject({
    exitCode: 1,
    stderr: expect.stringContaining('pod updates may not change fields other than'),
  });
  expect((await readPod(namespace, 'nginx')).spec).toEqual(before.spec);
});

test('applying a file again that asks for nothing that was taken changes nothing', async () => {
  const pod = JSON.stringify({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'plain' },
    spec: { containers: [{ name: 'nginx', image: 'nginx' }] },
  });
  const apply = () => kubectl(['apply', '--namespace', namespace, '--filename=-'], pod);
  expect(await apply()).toMatchObject({ exitCode: 0, stdout: 'pod/plain created\n' });
  const before = await readPod(namespace, 'plain');
  expect(await apply()).toMatchObject({ exitCode: 0, stdout: 'pod/plain unchanged\n', stderr: '' });
  expect(await readPod(namespace, 'plain')).toEqual(before);
});
