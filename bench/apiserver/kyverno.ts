/** Kyverno's admission controller, outside of a cluster: cmd/kyverno with -serverIP. */
import { openSync } from 'node:fs';
import { join } from 'node:path';
import { findFreePorts } from '../../test/integration/support/free-ports.ts';
import { start } from '../processes/run.ts';
import type { Workspace } from '../workspace.ts';
import type { ApiCandidate } from './candidate.ts';
import { type Cluster, eventually } from './cluster.ts';
import { crdFolder, findPeers, peerFolder } from './peer-programs.ts';
import { type Exclusions, register, registrations, type Webhook } from './register.ts';
import { untilReady } from './until-ready.ts';

const service = 'kyverno-svc.kyverno.svc';

export async function installKyverno(cluster: Cluster): Promise<void> {
  await cluster.create(crdFolder('kyverno'));
  await cluster.create(join(peerFolder('kyverno'), 'settings.yaml'));
}

export interface Kyverno {
  pid: number;
  readyAfter: number;
  stop(): Promise<void>;
}

/** Starts it with the flags of its own manifests (config/install-latest-testing.yaml), reports left out: nobody would read them. */
export async function startKyverno(cluster: Cluster, space: Workspace): Promise<Kyverno> {
  const [port = 0, metrics = 0] = await findFreePorts(2);
  const log = openSync(space.file('kyverno.log'), 'a');
  const program = join(findPeers('kyverno'), 'kyverno');
  const started = performance.now();
  const running = start(
    [
      program,
      `--kubeconfig=${cluster.access.kubeconfig}`,
      `--serverIP=127.0.0.1:${port}`,
      '--webhookServerHost=127.0.0.1',
      `--webhookServerPort=${port}`,
      `--caSecretName=${service}.kyverno-tls-ca`,
      `--tlsSecretName=${service}.kyverno-tls-pair`,
      `--metricsPort=${metrics}`,
      '--controllerRuntimeMetricsAddress=0',
      '--admissionReports=false',
      '--enableReporting=',
      '--v=2',
    ],
    {
      env: {
        ...process.env,
        KYVERNO_NAMESPACE: 'kyverno',
        KYVERNO_POD_NAME: 'kyverno',
        KYVERNO_SERVICEACCOUNT_NAME: 'kyverno-admission-controller',
        KYVERNO_DEPLOYMENT: 'kyverno-admission-controller',
        KYVERNO_SVC: 'kyverno-svc',
        INIT_CONFIG: 'kyverno',
        METRICS_CONFIG: 'kyverno-metrics',
      },
      stdio: ['ignore', log, log],
    },
  );
  await untilReady('Kyverno', running, `https://127.0.0.1:${port}/health/readiness`);
  return { pid: running.pid, readyAfter: performance.now() - started, stop: running.stop };
}

/** The two kinds of policies that Kyverno has for this. */
export const kyvernoPolicies = [
  {
    name: 'Kyverno ClusterPolicy',
    namespace: 'kyverno-cluster-policy',
    isOurs: (name: string) => name.startsWith('mutate.'),
  },
  {
    name: 'Kyverno MutatingPolicy',
    namespace: 'kyverno-mutating-policy',
    isOurs: (name: string) => name.startsWith('mpol.'),
  },
];

/** Creates the policies; what Kyverno then registers for each is registered once more, for the namespace of the candidate. */
export async function addKyvernoCandidates(
  cluster: Cluster,
  kyverno: Kyverno,
  exclusions: Exclusions,
): Promise<ApiCandidate[]> {
  for (const { namespace } of kyvernoPolicies) {
    // Kyverno validates its policies by a webhook of its own, which may not answer yet
    await eventually(`the policy of ${namespace}`, 60, async () => {
      await cluster.create(peerFolder(namespace));
      return true;
    });
  }
  return Promise.all(
    kyvernoPolicies.map(async ({ name, namespace, isOurs }) => {
      const webhook = await eventually(`the webhook of ${name}`, 60, async () => {
        const { items } = await cluster.call<{
          items: { metadata: { name: string }; webhooks?: Webhook[] }[];
        }>('GET', registrations);
        const own = items.filter(({ metadata }) => metadata.name.startsWith('kyverno-resource-mutating'));
        return own.flatMap(({ webhooks }) => webhooks ?? []).find((candidate) => isOurs(candidate.name));
      });
      await register(cluster, namespace, [{ ...webhook, ...exclusions }]);
      const { url } = webhook.clientConfig;
      return { name, namespace, hardens: true, pid: kyverno.pid, url };
    }),
  );
}
