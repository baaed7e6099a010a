/** A replica of `permafrost serve` that follows the cluster, asked for its answers without the API server in between. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { reviewOf } from '../../http/support/reviews.ts';
import { access, call } from './cluster.ts';
import { createHttpClient } from './http-client.ts';

const program = fileURLToPath(new URL('../../../src/bin.ts', import.meta.url));
const dieWithParent = new URL('die-with-parent.ts', import.meta.url).href;

export interface Replica {
  /** Where it mounts something into a container of this image, sorted. */
  pathsOf(image: string): Promise<string[]>;
  isReady(): Promise<boolean>;
  metrics(): Promise<string>;
  log(): string;
  stop(): Promise<void>;
}

let replicas = 0;

/**
 * Starts one, and waits until it is ready.
 *
 * @param log where its log goes, for who wants to read it before
 */
export async function startReplica(
  args: string[],
  log = join(access.folder, `replica-${process.pid}-${++replicas}.log`),
): Promise<Replica> {
  const flags = ['--self-signed', '--metrics-port', '0', '--address', '127.0.0.1', '--port', '0', ...args];
  const child = spawn(process.execPath, ['--import', dieWithParent, program, 'serve', ...flags], { stdio: 'pipe' });
  const exit = once(child, 'exit');
  child.stderr.pipe(createWriteStream(log));
  let text = '';
  const complete = new Promise<{ url: string; metrics: string; caBundle: string }>((resolve) => {
    createInterface(child.stdout).on('line', (line) => {
      text += `${line}\n`;
      if (/^caBundle:/m.test(text)) resolve(parse(text));
    });
  });
  const places = await Promise.race([complete, exit.then(() => undefined)]);
  if (!places) throw new Error(`permafrost serve ended; ${log}:\n${readFileSync(log, 'utf8')}`);
  const client = createHttpClient({ url: places.url, ca: Buffer.from(places.caBundle, 'base64').toString() });
  return {
    async pathsOf(image) {
      const object = { metadata: {}, spec: { containers: [{ name: 'app', image }] } };
      const { response } = JSON.parse((await client('POST', '/mutate/enforce', reviewOf(object))).text);
      const patch = Buffer.from(response.patch ?? '', 'base64').toString();
      return [...patch.matchAll(/"mountPath":"([^"]+)"/g)].map(([, path]) => String(path)).toSorted();
    },
    isReady: async () => (await client('GET', '/readyz')).status === 200,
    metrics: async () => (await fetch(places.metrics)).text(),
    log: () => readFileSync(log, 'utf8'),
    async stop() {
      client.close();
      child.kill('SIGTERM');
      await exit;
    },
  };
}

/** Asks every 10 ms until all agree; the milliseconds that it took. */
export async function measureUntil(what: string, isSo: () => Promise<boolean>, limit = 15_000): Promise<number> {
  const started = performance.now();
  while (!(await isSo())) {
    if (performance.now() - started > limit) throw new Error(`waited ${limit} ms for ${what}`);
    await sleep(10);
  }
  return performance.now() - started;
}

/** Makes a ServiceAccount that may do only what the rules say, and a kubeconfig for it. */
export async function limitedKubeconfig(name: string, namespace: string, rules: object[], server = access.url) {
  const rbac = '/apis/rbac.authorization.k8s.io/v1';
  await call('POST', `/api/v1/namespaces/${namespace}/serviceaccounts`, { metadata: { name } });
  await call('POST', `${rbac}/clusterroles`, { metadata: { name }, rules });
  await call('POST', `${rbac}/clusterrolebindings`, {
    metadata: { name },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name },
    subjects: [{ kind: 'ServiceAccount', name, namespace }],
  });
  const { status } = await call<{ status: { token: string } }>(
    'POST',
    `/api/v1/namespaces/${namespace}/serviceaccounts/${name}/token`,
    { spec: { expirationSeconds: 3600 } },
  );
  return writeKubeconfig(name, server, status.token);
}

/** Writes a kubeconfig; of the administrator without a token. */
export function writeKubeconfig(name: string, server: string, token = access.token): string {
  const file = join(access.folder, `kubeconfig-${name}`);
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'test',
    clusters: [{ name: 'test', cluster: { server, 'certificate-authority': access.certificate } }],
    users: [{ name, user: { token } }],
    contexts: [{ name: 'test', context: { cluster: 'test', user: name } }],
  };
  writeFileSync(file, JSON.stringify(config), { mode: 0o600 });
  return file;
}
