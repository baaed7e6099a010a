/**
 * Certificates that are renewed every few seconds, while a client creates pods without pause in a namespace where a webhook that cannot
 * be trusted means that nothing can be created.
 */
import { X509Certificate } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { webhookConfiguration } from '../../src/kube/webhook-configuration.ts';
import { call, createNamespace, createPod, eventually, request } from './support/cluster.ts';
import { findFreePorts } from './support/free-ports.ts';
import { bundle, createManagedReplica, type ManagedReplica, shakeHands } from './support/managed-replica.ts';
import { isHardened, podOf } from './support/pods.ts';
import { limitedKubeconfig } from './support/replica.ts';
import { type RoundRobin, startRoundRobin } from './support/round-robin.ts';

const home = `permafrost-certificates-${process.pid}`;
const configurations = '/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations';
const secretPath = `/api/v1/namespaces/${home}/secrets/permafrost-tls`;
const lifetimes = ['--ca-lifetime', '42s', '--certificate-lifetime', '14s', '--trust-delay', '2s'];
const jsonPatch = 'application/json-patch+json';

/** What docs/certificates.md asks for, and not a verb more. */
const rules = [
  { apiGroups: [''], resources: ['secrets'], verbs: ['create'] },
  {
    apiGroups: [''],
    resources: ['secrets'],
    resourceNames: ['permafrost-tls'],
    verbs: ['get', 'list', 'watch', 'patch'],
  },
  {
    apiGroups: ['admissionregistration.k8s.io'],
    resources: ['mutatingwebhookconfigurations'],
    resourceNames: ['permafrost'],
    verbs: ['get', 'list', 'watch', 'patch'],
  },
];

interface Configuration {
  metadata: Record<string, unknown>;
  webhooks: { name: string; clientConfig: { caBundle?: string }; [field: string]: unknown }[];
}

interface Creation {
  at: number;
  /** Why it failed. */
  problem: string | undefined;
}

const replicas: ManagedReplica[] = [];
let proxy: RoundRobin;
let namespace: string;
let spare: ManagedReplica;
let stopLoad: () => Promise<void>;
const creations: Creation[] = [];
const untrusted: { at: number; port: number; problem: string }[] = [];
/** Fingerprints of all certificates that were seen. */
const served = new Set<string>();
const bundles = new Set<string>();

beforeAll(async () => {
  await createNamespace(undefined, home);
  const kubeconfig = await limitedKubeconfig(home, home, rules);
  const program = await bundle();
  const ports = await findFreePorts(8);
  const args = ['--own-namespace', home, '--host', '127.0.0.1', ...lifetimes];
  for (const at of [0, 2, 4]) {
    const pair: [number, number] = [ports[at] ?? 0, ports[at + 1] ?? 0];
    replicas.push(createManagedReplica(program, pair, ['--kubeconfig', kubeconfig, ...args]));
  }
  const bystander = await limitedKubeconfig(`${home}-bystander`, home, []);
  spare = createManagedReplica(program, [ports[6] ?? 0, ports[7] ?? 0], ['--kubeconfig', bystander, ...args]);

  proxy = await startRoundRobin(() => replicas.filter(({ isInService }) => isInService).map(({ port }) => port));
  const configuration = webhookConfiguration({
    target: { url: `https://127.0.0.1:${proxy.port}` },
    timeoutSeconds: 30,
  });
  const [, , enforce] = configuration.webhooks;
  // of somebody else, in the same object: it must come out as it went in
  const other = {
    ...enforce,
    name: 'other.example.com',
    failurePolicy: 'Ignore',
    clientConfig: { url: 'https://127.0.0.1:1/' },
  };
  const webhooks = [other, ...configuration.webhooks];
  await call('POST', configurations, { ...configuration, webhooks });
  for (const replica of replicas) replica.start();
  for (const replica of replicas) await replica.untilReady();
  namespace = await createNamespace('enforce');
  await eventually('the API server to call', async () => ((await create()) === undefined ? true : undefined));
  stopLoad = startLoad();
}, 180_000);

afterAll(async () => {
  await stopLoad?.();
  await Promise.all([...replicas, spare].map((replica) => replica?.kill('SIGKILL')));
  proxy?.close();
  await request('DELETE', `${configurations}/permafrost`);
});

/** @returns why it failed, undefined when it was accepted and hardened */
async function create(): Promise<string | undefined> {
  const { pod, text } = await createPod(namespace, podOf(), '?dryRun=All');
  if (!pod) return text;
  return isHardened(pod) ? undefined : 'accepted, but not hardened';
}

const isGone = (problem: string) => ['ECONNREFUSED', 'ECONNRESET'].includes(problem);

/** Creates pods, and looks at each replica with the eyes of an API server, without pause. */
function startLoad(): () => Promise<void> {
  let isOver = false;
  const createOn = async () => {
    while (!isOver) {
      const at = Date.now();
      creations.push({ at, problem: await create() });
      await sleep(20);
    }
  };
  const look = async () => {
    while (!isOver) {
      const ca = await readBundle();
      for (const replica of replicas) {
        const { port, isInService } = replica;
        const result = await shakeHands(port, ca);
        if ('certificate' in result) served.add(result.certificate);
        else if (isInService && !isGone(result.problem))
          untrusted.push({ at: Date.now(), port, problem: result.problem });
      }
      await sleep(50);
    }
  };
  const running = [createOn(), createOn(), look()];
  return async () => {
    isOver = true;
    await Promise.all(running);
  };
}

const readConfiguration = () => call<Configuration>('GET', `${configurations}/permafrost`);

/** What the API server is asked to trust, as PEM. */
async function readBundle(): Promise<string> {
  const { webhooks } = await readConfiguration();
  const caBundle = webhooks.find(({ name }) => name === 'enforce.permafrost.dev')?.clientConfig.caBundle ?? '';
  bundles.add(caBundle);
  return Buffer.from(caBundle, 'base64').toString();
}

interface Secret {
  metadata: { uid: string };
  data: Record<string, string>;
}

/** The CA that signs, and the certificate. */
async function readSecret() {
  const { metadata, data } = await call<Secret>('GET', secretPath);
  const text = (name: string) => Buffer.from(data[name] ?? '', 'base64').toString();
  return {
    uid: metadata.uid,
    authority: text('ca.crt').split('-----END')[0] ?? '',
    certificate: text('tls.crt'),
    data,
  };
}

const failuresSince = (start: number, end = Number.POSITIVE_INFINITY) =>
  creations.filter(({ at, problem }) => problem !== undefined && at >= start && at <= end);
const untrustedSince = (start: number) => untrusted.filter(({ at }) => at >= start);
const countSince = (start: number) => creations.filter(({ at }) => at >= start).length;

/** `eventually` gives up after 15 s. */
async function within<T>(seconds: number, what: string, attempt: () => Promise<T | undefined>): Promise<T> {
  const deadline = Date.now() + seconds * 1000;
  while (Date.now() < deadline) {
    const result = await attempt();
    if (result !== undefined) return result;
    await sleep(100);
  }
  throw new Error(`waited ${seconds} s for ${what}`);
}

test('one CA and one certificate are made, whoever starts first', async () => {
  const made = replicas.flatMap((replica) => replica.log().filter(({ msg }) => msg === 'made a CA'));
  expect(made).toHaveLength(1);
  const { certificate, data } = await readSecret();
  const leaf = new X509Certificate(certificate);
  expect(leaf.subjectAltName).toContain(`DNS:permafrost.${home}.svc, DNS:permafrost.${home}.svc.cluster.local`);
  expect(Object.keys(data).toSorted()).toEqual(['ca.crt', 'ca.key', 'tls.crt', 'tls.key']);
  const metrics = await (await fetch(`http://127.0.0.1:${replicas[0]?.metricsPort}/metrics`)).text();
  expect(metrics).toContain(`permafrost_certificate_expiry_timestamp_seconds ${leaf.validToDate.getTime() / 1000}`);
  expect(metrics).toContain('permafrost_certificate_management_working 1');
});

test('no creation fails while the certificate is renewed three times, and the CA with it', async () => {
  const start = Date.now();
  const [certificates, authorities] = [new Set<string>(), new Set<string>()];
  await within(60, 'three renewals', async () => {
    const { certificate, authority } = await readSecret();
    certificates.add(certificate);
    authorities.add(authority);
    return (certificates.size > 3 && authorities.size > 1) || undefined;
  });
  await sleep(2500); // until every replica has taken the last one
  expect(failuresSince(start)).toEqual([]);
  expect(untrustedSince(start)).toEqual([]);
  expect(countSince(start)).toBeGreaterThan(100);
  expect(served.size).toBeGreaterThan(3);
}, 120_000);

test('a replica that is killed at any moment costs no more than what it had in its hands, and goes on where it was', async () => {
  const start = Date.now();
  const kills: number[] = [];
  for (const replica of replicas) {
    await sleep(Math.random() * 1500);
    kills.push(Date.now());
    await replica.kill('SIGKILL');
    replica.start();
    await replica.untilReady();
  }
  for (const { at, problem } of failuresSince(start)) {
    expect(problem, 'only what was in flight').toMatch(/EOF|connection reset|connection refused|broken pipe/);
    expect(kills.some((kill) => at > kill - 1000 && at < kill + 1000)).toBe(true);
  }
  expect(untrustedSince(start)).toEqual([]);
}, 120_000);

test('a Secret that is deleted is made again, and no creation fails', async () => {
  const start = Date.now();
  const before = await readSecret();
  await call('DELETE', secretPath);
  const again = performance.now();
  await within(10, 'another Secret', async () =>
    (await request('GET', secretPath)).status === 200 ? true : undefined,
  );
  report('the Secret is there again', performance.now() - again);
  await within(15, 'another certificate', async () => ((await readSecret()).certificate !== '' ? true : undefined));
  report('with a certificate', performance.now() - again);
  const after = await readSecret();
  expect(after.authority).not.toBe(before.authority);
  await sleep(2500);
  expect(failuresSince(start)).toEqual([]);
  expect(untrustedSince(start)).toEqual([]);
}, 120_000);

test('garbage in the Secret counts as missing, the log says so, and no creation fails', async () => {
  const start = Date.now();
  const before = await readSecret();
  const data = { 'tls.crt': Buffer.from('garbage').toString('base64'), 'ca.key': before.data['tls.key'] };
  await call('PATCH', secretPath, { data }, 'application/merge-patch+json');
  await within(15, 'a new CA', async () => {
    const { certificate, authority } = await readSecret();
    return (certificate.includes('BEGIN') && authority !== before.authority) || undefined;
  });
  const logs = replicas.map((replica) => replica.logText()).join('');
  expect(logs).toContain('ca.key is the key of no valid certificate in ca.crt');
  expect(logs).toContain('the certificate cannot be read');
  await sleep(2500);
  expect(failuresSince(start)).toEqual([]);
  expect(untrustedSince(start)).toEqual([]);
}, 120_000);

test.each([
  ['garbage', { op: 'add', value: Buffer.from('garbage').toString('base64') }],
  ['nothing', { op: 'remove' }],
])(
  'a caBundle that is overwritten with %s is mended at once, and nothing else of the configuration changes',
  async (what, operation) => {
    const before = await readConfiguration();
    const start = Date.now();
    await call(
      'PATCH',
      `${configurations}/permafrost`,
      [1, 2, 3].map((index) => ({ ...operation, path: `/webhooks/${index}/clientConfig/caBundle` })),
      jsonPatch,
    );
    await within(10, 'the caBundle', async () => ((await readBundle()).includes('BEGIN CERT') ? true : undefined));
    report(`the caBundle overwritten with ${what} is mended`, Date.now() - start);
    await within(10, 'a creation', async () => ((await create()) === undefined ? true : undefined));
    const gap = Date.now() - start;
    report('pods can be created again', gap);
    await sleep(2000);
    expect(gap).toBeLessThan(5000);
    expect(failuresSince(start + gap)).toEqual([]);
    const withoutBundles = ({ webhooks }: Configuration) =>
      webhooks.map(({ clientConfig: { caBundle: _, ...clientConfig }, ...webhook }) => ({ ...webhook, clientConfig }));
    const after = await readConfiguration();
    expect(withoutBundles(after)).toEqual(withoutBundles(before));
    expect(after.webhooks[0]?.clientConfig.caBundle, 'the webhook of somebody else').toBeUndefined();
  },
  60_000,
);

test('a replica that may not read the Secret is not ready, says why once, and is ready when it may', async () => {
  spare.start();
  await within(30, 'a reason', async () => {
    const { status, text } = await spare.readiness().catch(() => ({ status: 0, text: '' }));
    return (status === 503 && text.includes('cannot get resource')) || undefined;
  });
  await sleep(1500);
  const complaints = () => spare.log().filter(({ msg }) => String(msg).startsWith('certificates cannot be kept'));
  expect(complaints()).toHaveLength(1);
  await call(
    'PATCH',
    `/apis/rbac.authorization.k8s.io/v1/clusterroles/${home}-bystander`,
    { rules },
    'application/merge-patch+json',
  );
  await within(40, 'the replica', async () => ((await spare.readiness()).status === 200 ? true : undefined));
  expect(spare.log().some(({ msg }) => msg === 'certificates can be kept again')).toBe(true);
}, 90_000);

test('no private key gets into a log or into the webhooks', async () => {
  const { data } = await readSecret();
  const secrets = ['tls.key', 'ca.key'].map((name) => Buffer.from(data[name] ?? '', 'base64').toString());
  const texts = [...replicas, spare].map((replica) => replica.logText());
  texts.push(...[...bundles].map((bundle) => Buffer.from(bundle, 'base64').toString()));
  for (const text of texts) {
    expect(text).not.toContain('PRIVATE KEY');
    for (const secret of secrets) expect(text).not.toContain(secret.split('\n')[1] ?? '-');
  }
});

/** Shown with the results: how long things took. */
function report(what: string, milliseconds: number): void {
  process.stderr.write(`  ${what}: ${Math.round(milliseconds)} ms\n`);
}
