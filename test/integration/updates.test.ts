/** Of running pods, only new ephemeral containers are touched. */
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Pod } from '../../src/harden/pod.ts';
import {
  acceptPod,
  auditEvent,
  auditEvents,
  call,
  calledWebhooks,
  createNamespace,
  eventually,
  kubectl,
  readPod,
} from './support/cluster.ts';
import { containerOf, isHardened, podOf } from './support/pods.ts';
import { startWebhook, type Webhook } from './support/webhook.ts';

let webhook: Webhook;
let namespace: string;
let before: Pod;

beforeAll(async () => {
  webhook = await startWebhook();
});
afterAll(() => webhook?.remove());

/** A pod that was there before the label, with an ephemeral container that somebody added then: nothing of it is hardened. */
beforeEach(async () => {
  namespace = await createNamespace();
  await acceptPod(namespace, podOf({ securityContext: { privileged: true } }, {}, { name: 'old' }));
  await addEphemeral({ name: 'early', image: 'busybox', securityContext: { privileged: true } });
  await kubectl(['label', 'namespace', namespace, 'permafrost.dev/mode=enforce']);
  await eventually('the label to count', async () => {
    const { pod } = await acceptPod(namespace, podOf(), '?dryRun=All');
    return isHardened(pod) || undefined;
  });
  before = await readPod(namespace, 'old');
});

const strategic = 'application/strategic-merge-patch+json';
const oldPod = () => `/api/v1/namespaces/${namespace}/pods/old`;

function addEphemeral(container: object): Promise<Pod> {
  return call<Pod>(
    'PATCH',
    `${oldPod()}/ephemeralcontainers`,
    { spec: { ephemeralContainers: [container] } },
    strategic,
  );
}

test('a new ephemeral container is hardened; those before it and all other containers stay as they are', async () => {
  const first = await addEphemeral({ name: 'first', image: 'busybox', securityContext: { privileged: true } });
  expect(containerOf(first, 'first').securityContext).toMatchObject({
    readOnlyRootFilesystem: true,
    privileged: false,
  });
  expect(containerOf(first, 'early')).toEqual(containerOf(before, 'early'));
  expect(first.spec.containers).toEqual(before.spec.containers);
  expect(first.spec.volumes).toEqual(before.spec.volumes);

  const second = await addEphemeral({ name: 'second', image: 'nginx' });
  expect(containerOf(second, 'second').securityContext).toMatchObject({ readOnlyRootFilesystem: true });
  expect(containerOf(second, 'first')).toEqual(containerOf(first, 'first'));
  expect(containerOf(second, 'early')).toEqual(containerOf(before, 'early'));
  expect(second.spec.volumes).toEqual(before.spec.volumes);
});

test('kubectl debug adds a hardened container, and prints the warnings', async () => {
  const args = [
    'debug',
    '--namespace',
    namespace,
    'old',
    '--image=busybox',
    '--container=debugger',
    '--profile=sysadmin',
    '--',
    'true',
  ];
  const result = await kubectl(args);
  expect(result.stderr).toContain('Warning: permafrost: debugger: privileged: true becomes false');
  expect(result.exitCode).toBe(0);
  const debugged = await readPod(namespace, 'old');
  expect(containerOf(debugged, 'debugger').securityContext).toMatchObject({
    readOnlyRootFilesystem: true,
    privileged: false,
  });
});

test('the whole list replaced, as old clients do it: the new one is hardened, the others stay', async () => {
  const ephemeralContainers = [...(before.spec.ephemeralContainers ?? []), { name: 'put', image: 'busybox' }];
  const body = JSON.stringify({ ...before, spec: { ...before.spec, ephemeralContainers } });
  const replaced = await kubectl(['replace', '--raw', `${oldPod()}/ephemeralcontainers`, '--filename=-'], body);
  expect(replaced.exitCode, replaced.stderr).toBe(0);
  const after = await readPod(namespace, 'old');
  expect(containerOf(after, 'put').securityContext).toMatchObject({ readOnlyRootFilesystem: true });
  expect(containerOf(after, 'early')).toEqual(containerOf(before, 'early'));
});

test.for([
  ['a label', { metadata: { labels: { touched: 'yes' } } }, ''],
  ['an image', { spec: { containers: [{ name: 'app', image: 'registry.example/app:2' }] } }, ''],
  ['the status', { status: { phase: 'Running' } }, '/status'],
] as const)('an update of $0 of a running pod is not even sent', async ([what, patch, subresource]) => {
  const after = await call<Pod>('PATCH', oldPod() + subresource, patch, strategic);
  expect(after.spec.containers?.[0]?.securityContext, what).toEqual(before.spec.containers?.[0]?.securityContext);
  await auditEvent(namespace, ({ requestURI }) => requestURI === oldPod() + subresource);
  const event = auditEvents(namespace).findLast(({ requestURI }) => requestURI === oldPod() + subresource);
  expect(event && calledWebhooks(event)).toEqual([]);
  expect(webhook.reviews(namespace).filter(({ operation }) => operation === 'UPDATE')).toEqual([]);
});
