/** What happens to clusters, while a client creates privileged pods without pause in a namespace that says enforce. */

import { X509Certificate } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { day } from '../../src/certificates/settings.ts';
import { createSelfSigned } from '../../src/tls/self-signed.ts';
import {
  access,
  call,
  createNamespace,
  deleteNamespace,
  eventually,
  isReady,
  kubectl,
  onNode,
  permafrostNamespace,
  request,
  script,
  tryKubectl,
} from './support/cluster.ts';
import {
  applyOverlay,
  configurationPath,
  readConfiguration,
  replicas,
  restart,
  rolledOut,
  scale,
  setFlags,
  setImage,
} from './support/permafrost.ts';
import { type SteadyReport, whileCreatingPods } from './support/steady-client.ts';

const secret = 'permafrost-tls';
let namespace = '';

beforeAll(async () => {
  namespace = await createNamespace('faults', 'enforce');
  await rolledOut();
});
afterEach(rolledOut);
afterAll(() => deleteNamespace(namespace));

describe('no creation fails, and nothing gets in unhardened, during', () => {
  test('a rolling restart', async () => {
    expectUnharmed(await whileCreatingPods(namespace, restart));
  });

  test('the drain of a node with a replica', async () => {
    const node = await nodeOfReplica();
    try {
      const drain = ['drain', node, '--ignore-daemonsets', '--delete-emptydir-data', '--force', '--timeout=3m'];
      const report = await whileCreatingPods(namespace, async () => {
        await kubectl(drain);
        await rolledOut();
      });
      expectUnharmed(report);
    } finally {
      await kubectl(['uncordon', node]);
    }
  });

  test('an upgrade from one image to another, and back', async () => {
    const present = (await replicas())[0]?.spec.containers?.[0]?.image ?? '';
    const other = 'localhost/permafrost:e2e';
    await script('test/e2e/support/other-image', other);
    const report = await whileCreatingPods(namespace, async () => {
      await setImage(other);
      expect((await replicas()).map(({ spec }) => spec.containers?.[0]?.image)).toEqual([other, other]);
      await setImage(present);
    });
    expectUnharmed(report);
  });
});

describe('no creation fails, and nothing gets in unhardened, with certificates that live for seconds, during', () => {
  let back: () => Promise<void>;
  beforeAll(async () => {
    back = await setFlags({
      '--certificate-lifetime': '30s',
      '--ca-lifetime': '100s',
      '--renew-at': '0.5',
      '--trust-delay': '5s',
    });
  });
  afterAll(() => back());

  // first: what is there lives for 90 days, and keeps its own time
  test('the deletion of the Secret with the certificates', async () => {
    const before = await readCertificate();
    const report = await whileCreatingPods(namespace, async () => {
      await kubectl(['--namespace', permafrostNamespace, 'delete', 'secret', secret]);
      await eventually('the Secret to be made again', async () => {
        const { certificate } = await readCertificate();
        return certificate !== before.certificate || undefined;
      });
    });
    expectUnharmed(report);
    await expectSound();
  });

  test('three renewals of the certificate, one of them under a new CA', async () => {
    const certificates = new Set<string>();
    const authorities = new Set<string>();
    const disturbance = async () => {
      const renewals = async () => {
        const { certificate, authority } = await readCertificate();
        certificates.add(certificate);
        authorities.add(authority);
        return (certificates.size > 3 && authorities.size > 1) || undefined;
      };
      await eventually('three renewals', renewals, 180_000);
    };
    expectUnharmed(await whileCreatingPods(namespace, disturbance));
    await expectSound();
  });

  // those who wait a minute for API servers to hear of a new CA take over a CA that lives for less
  test('the return to certificates that live for months', async () => {
    const disturbance = async () => {
      await back();
      const isLong = async () => {
        const { validToDate } = new X509Certificate((await readCertificate()).certificate);
        return validToDate.getTime() > Date.now() + 60 * day || undefined;
      };
      await eventually('a certificate that lives for months', isLong, 180_000);
    };
    expectUnharmed(await whileCreatingPods(namespace, disturbance));
    await expectSound();
  });
});

describe('only what was in flight fails, with an error that the next try clears, and nothing gets in unhardened, when', () => {
  test('a replica is killed with SIGKILL', async () => {
    const report = await whileCreatingPods(namespace, async () => {
      // one after the other: the API server keeps a connection to one of them
      for (const { metadata, spec, status } of await replicas()) {
        const killed = status?.containerStatuses?.[0]?.containerID ?? '';
        const container = killed.replace('containerd://', '');
        const pid = `crictl inspect --output go-template --template '{{.info.pid}}' ${container}`;
        await onNode(String(spec['nodeName']), `kill -9 $(${pid})`);
        await eventually(`${metadata.name} to run again`, async () => {
          const again = (await replicas()).find(({ metadata: { name } }) => name === metadata.name);
          const present = again?.status?.containerStatuses?.[0]?.containerID;
          return (again && isReady(again) && present !== undefined && present !== killed) || undefined;
        });
      }
    });
    expectCleared(report, /failed calling webhook "enforce\.permafrost\.dev"/);
  });

  test('the caBundle is overwritten', async () => {
    const { ca } = await createSelfSigned([], new Date());
    const wrong = Buffer.from(ca).toString('base64');
    const before = (await readConfiguration()).webhooks.map(({ clientConfig }) => clientConfig.caBundle);
    const report = await whileCreatingPods(namespace, async () => {
      const patch = before.map((_, index) => ({
        op: 'replace',
        path: `/webhooks/${index}/clientConfig/caBundle`,
        value: wrong,
      }));
      await call('PATCH', configurationPath, patch, 'application/json-patch+json');
      await eventually(
        'the caBundle to be repaired',
        async () => {
          const { webhooks } = await readConfiguration();
          return webhooks.every(({ clientConfig }) => clientConfig.caBundle !== wrong) || undefined;
        },
        30_000,
      );
    });
    await expectSound();
    expectCleared(report, /certificate signed by unknown authority/);
  });

  test('the API server is restarted', async () => {
    const report = await whileCreatingPods(
      namespace,
      async () => {
        const controlPlane = `${access.name}-control-plane`;
        const stopped = await onNode(
          controlPlane,
          'id=$(crictl ps --quiet --name kube-apiserver); crictl stop --timeout 0 $id >/dev/null; echo $id',
        );
        await eventually(
          'another API server to be ready',
          async () => {
            const present = await onNode(controlPlane, 'crictl ps --quiet --name kube-apiserver');
            return (present !== '' && present !== stopped && (await isApiServerReady())) || undefined;
          },
          180_000,
        );
      },
      8,
    );
    expect(report.unhardened).toEqual([]);
    for (const failure of report.failures) {
      // never Permafrost: the API server was not there, or was not ready itself
      expect(failure.error).not.toContain('permafrost.dev');
      expect(failure.clearedAfter, failure.error).toBeDefined();
    }
  });
});

describe('with the guard, and a webhook that fails open', () => {
  test('nothing gets in unhardened while all replicas are gone, and everything does once they are back', async () => {
    await applyOverlay('test/e2e/guard');
    await rolledOut();
    try {
      const { webhooks } = await readConfiguration();
      expect(webhooks.find(({ name }) => name.startsWith('enforce'))?.failurePolicy).toBe('Ignore');
      await eventually('the guard to be at work', async () => {
        const { text } = await request('POST', `/api/v1/namespaces/${namespace}/pods?dryRun=All`, {
          metadata: { name: 'probe' },
          spec: { containers: [{ name: 'a', image: 'nginx', securityContext: { privileged: true } }] },
        });
        return text.includes('"readOnlyRootFilesystem":true') || undefined;
      });
      const report = await whileCreatingPods(namespace, async () => {
        await scale(0);
        await sleep(5000);
        const ready = {
          metadata: { name: 'hardened-already' },
          spec: {
            schedulerName: 'nobody',
            containers: [{ name: 'a', image: 'nginx', securityContext: { readOnlyRootFilesystem: true } }],
          },
        };
        expect((await request('POST', `/api/v1/namespaces/${namespace}/pods`, ready)).status).toBe(201);
        await scale(2);
      });
      expect(report.unhardened).toEqual([]);
      expect(report.failures.length).toBeGreaterThan(0);
      for (const { error, clearedAfter } of report.failures) {
        expect(error).toMatch(/permafrost-guard/);
        expect(clearedAfter, error).toBeDefined();
      }
    } finally {
      await scale(2);
      await applyOverlay('manifests/overlays/kind');
      await tryKubectl(['delete', 'validatingadmissionpolicy,validatingadmissionpolicybinding', 'permafrost-guard']);
    }
  });
});

/** @throws while there is none */
async function readCertificate(): Promise<{ certificate: string; authority: string }> {
  const path = `/api/v1/namespaces/${permafrostNamespace}/secrets/${secret}`;
  const { data } = await call<{ data: Record<string, string> }>('GET', path);
  const pem = Buffer.from(data['tls.crt'] ?? '', 'base64').toString();
  return { certificate: pem, authority: new X509Certificate(pem).issuer };
}

/** The certificate in the Secret is one that all webhooks are trusted by. */
async function expectSound(): Promise<void> {
  await eventually('webhooks that trust the certificate', async () => {
    const leaf = new X509Certificate((await readCertificate()).certificate);
    const { webhooks } = await readConfiguration();
    const isTrusted = webhooks.every(({ clientConfig }) => {
      const bundle = Buffer.from(clientConfig.caBundle ?? '', 'base64').toString();
      const authorities = bundle.split(/(?=-----BEGIN)/).filter((part) => part.includes('BEGIN'));
      return authorities.some((authority) => leaf.verify(new X509Certificate(authority).publicKey));
    });
    return isTrusted || undefined;
  });
}

async function nodeOfReplica(): Promise<string> {
  const [replica] = await replicas();
  return String(replica?.spec['nodeName']);
}

async function isApiServerReady(): Promise<boolean> {
  return request('GET', '/readyz').then(
    ({ status }) => status === 200,
    () => false,
  );
}

function expectUnharmed({ created, failures, unhardened }: SteadyReport): void {
  expect(unhardened).toEqual([]);
  expect(failures).toEqual([]);
  expect(created).toBeGreaterThan(20);
}

/** Whoever tries again gets through within moments. */
function expectCleared({ created, failures, unhardened }: SteadyReport, error: RegExp): void {
  expect(unhardened).toEqual([]);
  expect(created).toBeGreaterThan(20);
  for (const failure of failures) {
    expect(failure.error).toMatch(error);
    expect(failure.clearedAfter, JSON.stringify(failure)).toBeLessThan(2000);
  }
}
