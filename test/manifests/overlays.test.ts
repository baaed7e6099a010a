/** What `kubectl apply -k manifests/` installs: every overlay, in a real API server. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { call, eventually, kubectl } from '../integration/support/cluster.ts';
import {
  apply,
  applyForeignDefinitions,
  find,
  overlays,
  ownNamespace,
  removeAdmission,
  render,
} from './support/overlay.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const { version } = JSON.parse(readFileSync(`${root}package.json`, 'utf8')) as { version: string };

beforeAll(applyForeignDefinitions);
afterAll(removeAdmission);

describe.each(overlays)('manifests/%s', (overlay) => {
  it('is accepted by the API server, and a second time without a change', async () => {
    const objects = await render(overlay);
    const first = await apply(objects);
    expect(first).not.toContain('Warning');
    const second = await apply(objects);
    for (const line of second.trim().split('\n')) expect(line).toMatch(/ unchanged$| configured$/);
  });

  it('installs the namespace first and the webhook configuration last', async () => {
    const kinds = (await render(overlay)).map(({ kind }) => kind);
    expect(kinds[0]).toBe('Namespace');
    expect(kinds.at(-1)).toBe('MutatingWebhookConfiguration');
  });

  it('labels all that it installs, and stays in its own namespace', async () => {
    for (const { kind, metadata } of await render(overlay)) {
      expect(metadata.labels, `${kind} ${metadata.name}`).toMatchObject({ 'app.kubernetes.io/name': 'permafrost' });
      expect([undefined, ownNamespace], `${kind} ${metadata.name}`).toContain(metadata.namespace);
    }
  });

  it('runs the image of this version', async () => {
    const [container] = find(await render(overlay), 'Deployment').spec.template.spec.containers;
    expect(container.image).toBe(`localhost/permafrost:${version}`);
  });

  it('has the webhook configuration that the program prints', async () => {
    const args = ['src/bin.ts', 'webhook-config', '--service', `${ownNamespace}/permafrost`];
    if (overlay === 'overlays/guard') args.push('--failure-policy', 'Ignore');
    const printed = parse(execFileSync(process.execPath, args, { cwd: root, encoding: 'utf8' }));
    const { metadata, ...others } = find(await render(overlay), 'MutatingWebhookConfiguration');
    const { annotations: _, ...plain } = metadata;
    expect({ ...others, metadata: plain }).toEqual(printed);
  });

  it('has pods that its own namespace, with Pod Security restricted, lets in', async () => {
    await apply(await render(overlay));
    await setQuotaStatus();
    const { metadata, spec } = find(await render(overlay), 'Deployment').spec.template;
    const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { ...metadata, generateName: 'permafrost-' }, spec };
    const created = await eventually('the pod to be accepted', async () =>
      call<{ spec: { priority: number } }>('POST', `/api/v1/namespaces/${ownNamespace}/pods?dryRun=All`, pod),
    );
    expect(created.spec.priority).toBe(2_000_000_000);
  });
});

describe('the webhook configuration', () => {
  it('keeps the caBundle that somebody wrote, when it is applied again', async () => {
    const objects = await render('.');
    await apply(objects);
    const path = '/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations/permafrost';
    const ca = readFileSync(new URL('support/ca.txt', import.meta.url), 'utf8').trim();
    const operations = [0, 1, 2].map((index) => ({
      op: 'add',
      path: `/webhooks/${index}/clientConfig/caBundle`,
      value: ca,
    }));
    await call('PATCH', path, operations, 'application/json-patch+json');
    await apply(objects);
    const { webhooks } = await call<{ webhooks: { clientConfig: { caBundle?: string } }[] }>('GET', path);
    expect(webhooks.map(({ clientConfig }) => clientConfig.caBundle)).toEqual([ca, ca, ca]);
  });

  it('calls for no pod of kube-system and of its own namespace, so that the cluster can bring Permafrost back', async () => {
    await apply(await render('.')); // nobody answers: every call fails
    await kubectl(['label', 'namespace', 'kube-system', ownNamespace, 'permafrost.dev/mode=enforce', '--overwrite']);
    await kubectl(['create', 'serviceaccount', 'default', '--namespace=kube-system']);
    await setQuotaStatus();
    const { metadata, spec } = find(await render('.'), 'Deployment').spec.template;
    const own = { metadata: { ...metadata, generateName: 'own-' }, spec };
    const plain = { metadata: { generateName: 'plain-' }, spec: { containers: [{ name: 'a', image: 'a' }] } };
    try {
      await call('POST', `/api/v1/namespaces/${ownNamespace}/pods?dryRun=All`, own);
      await call('POST', '/api/v1/namespaces/kube-system/pods?dryRun=All', plain);
    } finally {
      await kubectl(['label', 'namespace', 'kube-system', ownNamespace, 'permafrost.dev/mode-']);
    }
  });
});

describe('high-availability', () => {
  it('has three replicas that never share a node', async () => {
    const { spec } = find(await render('overlays/high-availability'), 'Deployment');
    expect(spec.replicas).toBe(3);
    expect(spec.template.spec.topologySpreadConstraints[0]).toMatchObject({
      topologyKey: 'kubernetes.io/hostname',
      whenUnsatisfiable: 'DoNotSchedule',
    });
  });
});

describe('cert-manager', () => {
  it('names the host that the API server calls, and mounts the Secret that is made', async () => {
    const objects = await render('overlays/cert-manager');
    const { spec } = find(objects, 'Certificate', 'permafrost');
    const { service } = find(objects, 'MutatingWebhookConfiguration').webhooks[0].clientConfig;
    expect(spec.dnsNames).toEqual([`${service.name}.${service.namespace}.svc`]);
    const [volume] = find(objects, 'Deployment').spec.template.spec.volumes;
    expect(volume.secret.secretName).toBe(spec.secretName);
    expect(find(objects, 'MutatingWebhookConfiguration').metadata.annotations).toEqual({
      'cert-manager.io/inject-ca-from': `${ownNamespace}/permafrost`,
    });
  });
});

describe('monitoring', () => {
  it('asks only for metrics that the program has', async () => {
    const objects = await render('overlays/monitoring');
    const source = readFileSync(`${root}src/metrics/metrics.ts`, 'utf8');
    const text = JSON.stringify([
      find(objects, 'PrometheusRule').spec,
      find(objects, 'ConfigMap').data['permafrost.json'],
    ]);
    const names = new Set(text.match(/permafrost_[a-z_]+/g)?.map((name) => name.replace(/_bucket$/, '')));
    expect(names.size).toBeGreaterThan(3);
    for (const name of names) expect(source, name).toContain(`'${name}'`);
  });

  it('scrapes a port that the service has', async () => {
    const objects = await render('overlays/monitoring');
    const ports = find(objects, 'Service').spec.ports.map((port: { name: string }) => port.name);
    for (const { port } of find(objects, 'ServiceMonitor').spec.endpoints) expect(ports).toContain(port);
  });
});

/** What the controller manager would do; until then no pod that the quota counts is let in. */
async function setQuotaStatus(): Promise<void> {
  const path = `/api/v1/namespaces/${ownNamespace}/resourcequotas/permafrost`;
  const status = { status: { hard: { pods: '50' }, used: { pods: '0' } } };
  await call('PATCH', `${path}/status`, status, 'application/merge-patch+json');
}
