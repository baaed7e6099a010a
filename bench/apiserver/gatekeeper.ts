/** Gatekeeper's mutation webhook, outside of a cluster: https://open-policy-agent.github.io/gatekeeper/website/docs/mutation/ */
import { copyFileSync, mkdirSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { findFreePorts } from '../../test/integration/support/free-ports.ts';
import { start } from '../processes/run.ts';
import type { Workspace } from '../workspace.ts';
import type { ApiCandidate } from './candidate.ts';
import type { Cluster } from './cluster.ts';
import { crdFolder, findPeers, peerFolder } from './peer-programs.ts';
import { type Exclusions, podWebhook, register } from './register.ts';
import { untilReady } from './until-ready.ts';

/** Installs its definitions and mutators. */
export async function installGatekeeper(cluster: Cluster): Promise<void> {
  await cluster.create(crdFolder('gatekeeper'));
  await cluster.call('POST', '/api/v1/namespaces', { metadata: { name: 'gatekeeper-system' } });
  await cluster.create(peerFolder('gatekeeper'));
}

export async function startGatekeeper(cluster: Cluster, space: Workspace): Promise<ApiCandidate> {
  const [port = 0, health = 0, metrics = 0] = await findFreePorts(3);
  const certificates = space.file('gatekeeper-certificates');
  mkdirSync(certificates, { recursive: true });
  copyFileSync(space.tls.certFile, join(certificates, 'tls.crt'));
  copyFileSync(space.tls.keyFile, join(certificates, 'tls.key'));
  const log = openSync(space.file('gatekeeper.log'), 'a');
  const program = join(findPeers('gatekeeper'), 'gatekeeper');
  const started = performance.now();
  const running = start(
    [
      program,
      `--kubeconfig=${cluster.access.kubeconfig}`,
      '--operation=mutation-webhook',
      '--disable-cert-rotation',
      '--debug-use-fake-pod', // there is no pod that it could find itself in
      `--cert-dir=${certificates}`,
      '--host=127.0.0.1',
      `--port=${port}`,
      `--health-addr=127.0.0.1:${health}`,
      `--prometheus-port=${metrics}`,
      '--shutdown-delay=0',
    ],
    { env: { ...process.env, POD_NAMESPACE: 'gatekeeper-system' }, stdio: ['ignore', log, log] },
  );
  await untilReady('Gatekeeper', running, `http://127.0.0.1:${health}/readyz`);
  const url = `https://127.0.0.1:${port}/v1/mutate`;
  return {
    name: 'Gatekeeper',
    namespace: 'gatekeeper',
    hardens: true,
    pid: running.pid,
    url,
    readyAfter: performance.now() - started,
    stop: running.stop,
  };
}

export async function registerGatekeeper(
  cluster: Cluster,
  { namespace, url = '' }: ApiCandidate,
  ca: string,
  exclusions: Exclusions,
): Promise<void> {
  await register(cluster, namespace, [{ ...podWebhook(url, ca), ...exclusions }]);
}
