/** The guard: what the API server itself refuses in `enforce` namespaces, whatever becomes of the webhook. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Pod } from '../../src/harden/pod.ts';
import {
  call,
  createNamespace,
  createPod,
  createServiceAccount,
  eventually,
  request,
} from '../integration/support/cluster.ts';
import { startWebhook } from '../integration/support/webhook.ts';
import { apply, find, ownNamespace, removeAdmission, render } from './support/overlay.ts';

const hardened = { readOnlyRootFilesystem: true };
const container = (securityContext?: unknown, name = 'web') => ({
  name,
  image: 'web',
  ...(securityContext ? { securityContext } : {}),
});
const pod = (spec: Record<string, unknown>, metadata: Record<string, unknown> = {}) => ({
  metadata: { generateName: 'guard-', ...metadata },
  spec: { containers: [container(hardened)], ...spec },
});

let enforce: string;

beforeAll(async () => {
  const objects = await render('overlays/guard');
  const names = ['Namespace', 'ValidatingAdmissionPolicy', 'ValidatingAdmissionPolicyBinding'];
  await apply(names.map((kind) => find(objects, kind)));
  enforce = await createNamespace('enforce');
  await untilRefused(enforce, pod({ containers: [container()] }));
});
afterAll(removeAdmission);

const refused: [title: string, pod: unknown, message: RegExp][] = [
  [
    'has no security context',
    pod({ containers: [container()] }),
    /readOnlyRootFilesystem is not true in container web;/,
  ],
  ['has an empty one', pod({ containers: [container({})] }), /readOnlyRootFilesystem is not true in container web;/],
  [
    'sets null',
    pod({ containers: [container({ readOnlyRootFilesystem: null })] }),
    /readOnlyRootFilesystem is not true/,
  ],
  [
    'sets false',
    pod({ containers: [container({ readOnlyRootFilesystem: false })] }),
    /readOnlyRootFilesystem is not true/,
  ],
  [
    'is privileged',
    pod({ containers: [container({ ...hardened, privileged: true })] }),
    /privileged is true in container web;/,
  ],
  ...['SYS_ADMIN', 'CAP_SYS_ADMIN', 'ALL', 'sys_admin'].map((capability): [string, unknown, RegExp] => [
    `adds ${capability}`,
    pod({ containers: [container({ ...hardened, capabilities: { add: ['CHOWN', capability] } })] }),
    /capabilities\.add has SYS_ADMIN or ALL in container web;/,
  ]),
  ['has such an init container', pod({ initContainers: [container(undefined, 'init')] }), /container init;/],
  [
    'has such a sidecar',
    pod({ initContainers: [{ ...container({ ...hardened, privileged: true }, 'sidecar'), restartPolicy: 'Always' }] }),
    /privileged is true in container sidecar;/,
  ],
  [
    'has two of them, and both are named',
    pod({ containers: [container({}, 'a'), container({}, 'b')] }),
    /in container a, b;/,
  ],
  [
    'claims in an annotation that it was hardened',
    pod({ containers: [container()] }, { annotations: { 'permafrost.dev/changes': 'all' } }),
    /web;/,
  ],
];

const accepted: [title: string, pod: unknown][] = [
  ['has a read-only root', pod({})],
  [
    'says so with nulls around it',
    pod({ containers: [container({ ...hardened, privileged: null, capabilities: null })] }),
  ],
  [
    'adds other capabilities',
    pod({ containers: [container({ ...hardened, capabilities: { add: ['NET_ADMIN'], drop: ['ALL'] } })] }),
  ],
  ['adds none', pod({ containers: [container({ ...hardened, capabilities: { add: null } })] })],
  ['is for Windows', pod({ containers: [container()], os: { name: 'windows' } })],
  [
    'is the mirror of a static pod',
    pod(
      { containers: [container()], nodeName: 'node', automountServiceAccountToken: false },
      { annotations: { 'kubernetes.io/config.mirror': 'x' } },
    ),
  ],
];

describe('in a namespace with permafrost.dev/mode=enforce', () => {
  it.each(refused)('refuses a pod that %s', async (_title, body, message) => {
    const { status, text } = await createPod(enforce, body);
    expect(text).toMatch(message);
    expect(text).toContain(`namespace ${enforce}`);
    expect(status).toBe(422);
  });

  it.each(accepted)('accepts a pod that %s', async (_title, body) => {
    expect((await createPod(enforce, body)).text).not.toContain('permafrost-guard');
    expect((await createPod(enforce, body)).status).toBe(201);
  });

  it('judges an ephemeral container that is new, and not one that was there before', async () => {
    const namespace = await createNamespace();
    const { pod: created } = await createPod(namespace, pod({}));
    expect(await debug(namespace, created, [container(undefined, 'before')])).toMatchObject({ status: 200 });
    await patchNamespace(namespace, { labels: { 'permafrost.dev/mode': 'enforce' } });
    await untilRefused(namespace, pod({ containers: [container()] }));

    const answer = await debug(namespace, created, [container({ ...hardened, privileged: true }, 'debugger')]);
    expect(answer.status).toBe(422);
    expect(answer.text).toContain('privileged is true in container debugger;');
    expect(await debug(namespace, created, [container(hardened, 'debugger')])).toMatchObject({ status: 200 });
  });
});

describe('elsewhere', () => {
  it.each(['audit', 'warn', undefined] as const)('lets all in with the mode %s', async (mode) => {
    const namespace = await createNamespace(mode);
    expect(await createPod(namespace, pod({ containers: [container({ privileged: true })] }))).toMatchObject({
      status: 201,
    });
  });

  it('lets all in to kube-system and its own namespace, label or not', async () => {
    for (const namespace of ['kube-system', ownNamespace]) {
      await patchNamespace(namespace, { labels: { 'permafrost.dev/mode': 'enforce' } });
      await createServiceAccount(namespace).catch(() => {});
      const { text } = await createPod(namespace, pod({ containers: [container()] }), '?dryRun=All');
      expect(text).not.toContain('permafrost-guard');
      await patchNamespace(namespace, { labels: { 'permafrost.dev/mode': null } });
    }
  });
});

describe('exemptions, which an annotation of the namespace names', () => {
  const privileged = (serviceAccountName: string) =>
    pod({ containers: [container({ privileged: true })], serviceAccountName });
  const exempt = (namespace: string, names: string | null) =>
    patchNamespace(namespace, { annotations: { 'permafrost.dev/guard-exempt': names } });

  it('let the pods of a service account through, and no others, until they are taken back', async () => {
    const namespace = await createNamespace('enforce');
    await call('POST', `/api/v1/namespaces/${namespace}/serviceaccounts`, { metadata: { name: 'driver' } });
    await exempt(namespace, 'other, driver ');
    await untilAccepted(namespace, privileged('driver'));
    expect(await createPod(namespace, privileged('default'))).toMatchObject({ status: 422 });
    expect(await createPod(enforce, privileged('default'))).toMatchObject({ status: 422 });
    await exempt(namespace, null);
    await untilRefused(namespace, privileged('driver'));
  });

  it('let a whole namespace through', async () => {
    const namespace = await createNamespace('enforce');
    await exempt(namespace, '*');
    await untilAccepted(namespace, privileged('default'));
  });

  it("are not the pod's to give", async () => {
    const annotated = {
      ...privileged('default'),
      metadata: { generateName: 'a-', annotations: { 'permafrost.dev/guard-exempt': '*' } },
    };
    expect(await createPod(enforce, annotated)).toMatchObject({ status: 422 });
  });
});

describe('with the webhook', () => {
  it('judges the pod that the webhook hardened; and with the webhook gone, which fails open, nothing unhardened gets in', async () => {
    const webhook = await startWebhook({ failurePolicy: 'Ignore' });
    const namespace = await createNamespace('enforce');
    try {
      const body = pod({ containers: [container({ privileged: true })] });
      expect(await createPod(namespace, body)).toMatchObject({ status: 201 });
      await webhook.stop();
      expect(await createPod(namespace, body)).toMatchObject({ status: 422 });
      expect(await createPod(namespace, pod({}))).toMatchObject({ status: 201 });
    } finally {
      await call('DELETE', '/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicybindings/permafrost-guard');
      await webhook.remove();
    }
  });
});

function patchNamespace(namespace: string, metadata: unknown): Promise<unknown> {
  return call('PATCH', `/api/v1/namespaces/${namespace}`, { metadata }, 'application/merge-patch+json');
}

/** Adds ephemeral containers through the real subresource. */
async function debug(namespace: string, created: Pod | undefined, added: unknown[]) {
  const path = `/api/v1/namespaces/${namespace}/pods/${created?.metadata?.name}/ephemeralcontainers`;
  const current = await call<{ spec: { ephemeralContainers?: unknown[] } }>('GET', path);
  current.spec.ephemeralContainers = [...(current.spec.ephemeralContainers ?? []), ...added];
  return request('PUT', path, current);
}

/** The API server follows policies, their parameters and namespaces with some delay. */
async function untilRefused(namespace: string, body: unknown): Promise<void> {
  await eventually(
    'the guard to refuse',
    async () => (await createPod(namespace, body, '?dryRun=All')).status === 422 || undefined,
  );
}

async function untilAccepted(namespace: string, body: unknown): Promise<void> {
  await eventually(
    'the guard to let it in',
    async () => (await createPod(namespace, body, '?dryRun=All')).status === 201 || undefined,
  );
}
