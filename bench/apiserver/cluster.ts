/** A real kube-apiserver with its etcd, as the integration tests start it. */
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { ClusterAccess } from '../../test/integration/support/cluster-access.ts';
import { startControlPlane } from '../../test/integration/support/global-setup.ts';
import { createHttpClient } from '../../test/integration/support/http-client.ts';

export interface Cluster {
  access: ClusterAccess;
  /** Of kube-apiserver itself. */
  pid: number;
  version: string;
  /** Sends a request as an administrator; anything else than a success is an error. */
  call<T = Record<string, unknown>>(method: string, path: string, body?: unknown): Promise<T>;
  /** Creates the objects of files and folders. */
  create(...files: string[]): Promise<void>;
  /** Makes a namespace in which pods can be created. */
  createNamespace(name: string, labels: Record<string, string>): Promise<void>;
  stop(): Promise<void>;
}

export async function startCluster(): Promise<Cluster> {
  const { access, stop } = await startControlPlane();
  const client = createHttpClient({
    url: access.url,
    token: access.token,
    ca: readFileSync(access.certificate, 'utf8'),
  });
  const call = async <T>(method: string, path: string, body?: unknown): Promise<T> => {
    const { status, text } = await client(method, path, body);
    if (status >= 200 && status < 300) return JSON.parse(text) as T;
    throw new Error(`${method} ${path} gave ${status}: ${text}`);
  };
  const { gitVersion } = await call<{ gitVersion: string }>('GET', '/version');
  return {
    access,
    pid: Number(readFileSync(join(access.folder, 'kube-apiserver.pid'), 'utf8')),
    version: gitVersion,
    call,
    async create(...files) {
      const names = files.flatMap((file) => ['--filename', file]);
      const env = { ...process.env, KUBECONFIG: access.kubeconfig, KUBECACHEDIR: join(access.folder, 'kubectl-cache') };
      await promisify(execFile)(access.kubectl, ['create', ...names], { env }).catch(({ stderr }) => {
        throw new Error(`kubectl cannot create ${files.join(', ')}: ${String(stderr).slice(0, 2000)}`);
      });
    },
    async createNamespace(name, labels) {
      await call('POST', '/api/v1/namespaces', { metadata: { name, labels } });
      await call('POST', `/api/v1/namespaces/${name}/serviceaccounts`, { metadata: { name: 'default' } });
    },
    async stop() {
      client.close();
      await stop('remove');
    },
  };
}

/** Tries again until there is a result. */
export async function eventually<T>(what: string, seconds: number, attempt: () => Promise<T | undefined>): Promise<T> {
  const deadline = Date.now() + seconds * 1000;
  let last: unknown = 'nothing';
  while (Date.now() < deadline) {
    try {
      const result = await attempt();
      if (result !== undefined) return result;
    } catch (error) {
      last = error;
    }
    await sleep(100);
  }
  throw new Error(`waited ${seconds} s for ${what}; the last attempt gave ${last}`);
}
