/** All candidates beside each other at one API server. */
import type { BenchContext } from '../context.ts';
import { createRandom } from '../measure/random.ts';
import { permafrostServer } from '../servers/permafrost.ts';
import { bareServer, constantPatchServer, startServer, type WebhookServer } from '../servers/server.ts';
import type { ApiCandidate } from './candidate.ts';
import { type Cluster, eventually, startCluster } from './cluster.ts';
import { installGatekeeper, registerGatekeeper, startGatekeeper } from './gatekeeper.ts';
import { addKyvernoCandidates, installKyverno, kyvernoPolicies, startKyverno } from './kyverno.ts';
import { peerFolder, peerVersions } from './peer-programs.ts';
import { enforceWebhook, permafrostConfiguration } from './permafrost.ts';
import { createPod, isHardened, isUntouched } from './pod.ts';
import { prepareAnswer } from './prepared-answer.ts';
import { createConfiguration, type Exclusions, label, podWebhook, register, type Webhook } from './register.ts';

export interface Field {
  cluster: Cluster;
  candidates: ApiCandidate[];
  stop(): Promise<void>;
}

/** Starts the API server and everyone who is measured at it, and makes sure that each does what it shall. */
export async function startField(context: BenchContext): Promise<Field> {
  const { space, progress, permafrost, versions, peers } = context;
  if (peers) Object.assign(versions, peerVersions());
  progress.step('starting kube-apiserver');
  const cluster = await startCluster();
  versions['kube-apiserver'] = cluster.version;
  const candidates: ApiCandidate[] = [];
  const field: Field = {
    cluster,
    candidates,
    async stop() {
      await Promise.all(candidates.map((candidate) => candidate.stop?.()));
      await cluster.stop();
    },
  };
  try {
    const exclusions = await addOwn();
    await cluster.createNamespace('native-policy', { [label]: 'native-policy' });
    await cluster.create(peerFolder('native'));
    candidates.push({ name: 'native policy', namespace: 'native-policy', hardens: true });
    if (peers) await addPeers(exclusions);
    for (const candidate of candidates) await untilRight(cluster, candidate);
    return field;
  } catch (error) {
    await field.stop();
    throw error;
  }

  async function addOwn(): Promise<Exclusions> {
    await cluster.createNamespace('none', {});
    candidates.push({ name: 'no admission', namespace: 'none', hardens: false });
    const noop = await startServer(bareServer(space), space);
    candidates.push(await withWebhook(noop, podWebhook(noop.url, space.tls.ca), 'no-op webhook', 'no-op', false));

    const ours = await startServer(permafrostServer(permafrost, space), space);
    const configuration = await permafrostConfiguration(permafrost, ours, space);
    await cluster.createNamespace('permafrost', { 'permafrost.dev/mode': 'enforce' });
    await createConfiguration(cluster, configuration);
    const own = { ...ours, name: 'Permafrost', namespace: 'permafrost', hardens: true };

    const answerFile = await prepareAnswer(ours.url, await createPod(cluster, 'none'), createRandom(1), space);
    const constant = await startServer(constantPatchServer(space, answerFile), space);
    const webhook = enforceWebhook(configuration, constant.url);
    candidates.push(await withWebhook(constant, webhook, 'constant patch', 'constant-patch', true), own);
    return { matchConditions: webhook['matchConditions'] };
  }

  async function withWebhook(
    server: WebhookServer,
    webhook: Webhook,
    name: string,
    namespace: string,
    hardens: boolean,
  ): Promise<ApiCandidate> {
    await cluster.createNamespace(namespace, { [label]: namespace });
    await register(cluster, namespace, [webhook]);
    return { ...server, name, namespace, hardens };
  }

  async function addPeers(exclusions: Exclusions): Promise<void> {
    progress.step('starting Gatekeeper and Kyverno');
    await cluster.createNamespace('gatekeeper', { [label]: 'gatekeeper' });
    for (const { namespace } of kyvernoPolicies) await cluster.createNamespace(namespace, { [label]: namespace });
    await installGatekeeper(cluster);
    const gatekeeper = await startGatekeeper(cluster, space);
    candidates.push(gatekeeper);
    await registerGatekeeper(cluster, gatekeeper, space.tls.ca, exclusions);

    await installKyverno(cluster);
    const kyverno = await startKyverno(cluster, space);
    const [first, ...others] = await addKyvernoCandidates(cluster, kyverno, exclusions);
    if (first) candidates.push({ ...first, stop: kyverno.stop }, ...others);
  }
}

/** Waits until a pod comes out as the candidate shall make it; the API server follows its configuration with some delay. */
async function untilRight(cluster: Cluster, { name, namespace, hardens }: ApiCandidate): Promise<void> {
  let last = '';
  await eventually(`${name} to ${hardens ? 'harden' : 'leave alone'} a pod`, 60, async () => {
    const pod = await createPod(cluster, namespace);
    last = JSON.stringify(pod.spec);
    return (hardens ? isHardened(pod) : isUntouched(pod)) || undefined;
  }).catch((error: Error) => {
    throw new Error(`${error.message}; the last pod was ${last}`);
  });
}
