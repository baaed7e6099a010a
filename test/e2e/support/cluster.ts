/** The cluster as a test sees it: as an administrator, and as whoever creates workloads. */
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { inject } from 'vitest';
import { parse, stringify } from 'yaml';
import type { Mode } from '../../../src/admission/mode.ts';
import type { Pod } from '../../../src/harden/pod.ts';
import { createCall, createHttpClient, type HttpResponse } from '../../integration/support/http-client.ts';
import { must, type RunResult, run } from './run.ts';

export const access = inject('e2e');
export const root = fileURLToPath(new URL('../../..', import.meta.url));
export const permafrostNamespace = 'permafrost-system';
export const nodes = ['control-plane', 'worker', 'worker2'].map((role) => `${access.name}-${role}`);

const env = {
  ...process.env,
  CLUSTER: access.name,
  KUBECONFIG: access.kubeconfig,
  PATH: `${access.programs}:${process.env['PATH']}`,
};

/** Sends a request to the API server on a connection that is kept, and answers with whatever it says. */
export const request = createClient();

/** As `request`, but anything else than a success is an error. */
export const call = createCall(request);

/** Runs the real kubectl, whatever comes of it. */
export function tryKubectl(args: readonly string[], stdin = '', milliseconds = 120_000): Promise<RunResult> {
  return run('kubectl', args, { env, stdin, milliseconds });
}

/** Runs the real kubectl, which must succeed. */
export function kubectl(args: readonly string[], stdin = '', milliseconds = 300_000): Promise<string> {
  return must('kubectl', args, { env, stdin, milliseconds });
}

/** Runs one of the project's scripts. */
export function script(file: string, ...args: string[]): Promise<string> {
  return must(`${root}/${file}`, args, { env, milliseconds: 600_000 });
}

/** Runs a command in a node. */
export function onNode(node: string, command: string): Promise<string> {
  return must(`${root}/test/e2e/support/on-node`, [node, 'sh', '-c', command], { env });
}

/** Creates or changes objects, as a user would with a file; answers with the warnings. */
export async function apply(namespace: string, ...objects: object[]): Promise<string> {
  const text = objects.map((object) => stringify(object, { aliasDuplicateObjects: false })).join('---\n');
  const { exitCode, stderr } = await tryKubectl(['--namespace', namespace, 'apply', '--filename=-'], text);
  if (exitCode !== 0) throw new Error(`kubectl apply in ${namespace} ended with ${exitCode}: ${stderr}`);
  return stderr;
}

let namespaces = 0;

/** Creates a namespace of its own for a test, ready for pods. @param mode the value of the label; no label without it */
export async function createNamespace(purpose: string, mode?: Mode): Promise<string> {
  const name = `e2e-${purpose}-${process.pid}-${++namespaces}`;
  const labels = { 'permafrost.dev/e2e': 'true', ...(mode && { 'permafrost.dev/mode': mode }) };
  await call('POST', '/api/v1/namespaces', { metadata: { name, labels } });
  await eventually(`the service account of ${name}`, async () => {
    const { status } = await request('GET', `/api/v1/namespaces/${name}/serviceaccounts/default`);
    return status === 200 || undefined;
  });
  return name;
}

/** Without waiting for the end of what is in it. */
export async function deleteNamespace(name: string): Promise<void> {
  await call('DELETE', `/api/v1/namespaces/${name}`);
}

export async function setMode(namespace: string, mode: Mode): Promise<void> {
  await kubectl(['label', 'namespace', namespace, `permafrost.dev/mode=${mode}`, '--overwrite']);
}

/** A pod as the API server has it, with what the kubelet says of it. */
export interface LivePod extends Pod {
  metadata: NonNullable<Pod['metadata']> & { name: string; uid: string; deletionTimestamp?: string };
  status?: {
    phase?: string;
    podIP?: string;
    conditions?: { type: string; status: string }[];
    containerStatuses?: ContainerStatus[];
    initContainerStatuses?: ContainerStatus[];
    ephemeralContainerStatuses?: ContainerStatus[];
  };
}

export interface ContainerStatus {
  name: string;
  ready: boolean;
  restartCount: number;
  containerID?: string;
  state?: { running?: object; waiting?: Ended; terminated?: Ended & { exitCode: number } };
  lastState?: { terminated?: Ended & { exitCode: number } };
}

interface Ended {
  reason?: string;
  message?: string;
}

export function readPod(namespace: string, name: string): Promise<LivePod> {
  return call<LivePod>('GET', `/api/v1/namespaces/${namespace}/pods/${name}`);
}

/** @param selector of labels; those that are being deleted are left out */
export async function listPods(namespace: string, selector = ''): Promise<LivePod[]> {
  const path = `/api/v1/namespaces/${namespace}/pods?labelSelector=${encodeURIComponent(selector)}`;
  const { items } = await call<{ items: LivePod[] }>('GET', path);
  return items.filter(({ metadata }) => !metadata.deletionTimestamp);
}

/** Waits for a pod that is ready. */
export function readyPod(namespace: string, selector: string, milliseconds = 180_000): Promise<LivePod> {
  return eventually(
    `a ready pod ${selector} in ${namespace}`,
    async () => (await listPods(namespace, selector)).find(isReady),
    milliseconds,
  );
}

export function isReady({ status }: LivePod): boolean {
  return status?.conditions?.some(({ type, status: is }) => type === 'Ready' && is === 'True') ?? false;
}

/** Waits for a pod that has ended, well or badly. */
export function endedPod(namespace: string, name: string, milliseconds = 120_000): Promise<LivePod> {
  return eventually(
    `the end of the pod ${name} in ${namespace}`,
    async () => {
      const pod = await readPod(namespace, name);
      return ['Succeeded', 'Failed'].includes(pod.status?.phase ?? '') ? pod : undefined;
    },
    milliseconds,
  );
}

/** Runs a shell command in a container, whatever comes of it. */
export function tryIn(namespace: string, pod: string, container: string, command: string): Promise<RunResult> {
  return tryKubectl(
    ['--namespace', namespace, 'exec', pod, '--container', container, '--', 'sh', '-c', command],
    '',
    60_000,
  );
}

/** Runs a shell command in a container; it must succeed. */
export async function runIn(namespace: string, pod: string, container: string, command: string): Promise<string> {
  const { exitCode, stdout, stderr } = await tryIn(namespace, pod, container, command);
  if (exitCode === 0) return stdout;
  throw new Error(`in ${pod}/${container}, "${command}" ended with ${exitCode}: ${stderr}${stdout}`);
}

/** Tries again until there is a result. */
export async function eventually<T>(
  what: string,
  attempt: () => T | undefined | Promise<T | undefined>,
  milliseconds = 60_000,
): Promise<T> {
  const deadline = Date.now() + milliseconds;
  let last: unknown = 'nothing';
  do {
    try {
      const result = await attempt();
      if (result !== undefined) return result;
    } catch (error) {
      last = error;
    }
    await sleep(300);
  } while (Date.now() < deadline);
  throw new Error(`waited ${milliseconds / 1000} s for ${what}; the last attempt gave ${last}`);
}

export type ApiResponse = HttpResponse;

/** kind's kubeconfig has one cluster and one user, who logs in with a certificate. */
function createClient() {
  const { clusters, users } = parse(readFileSync(access.kubeconfig, 'utf8'));
  const pem = (text: string) => Buffer.from(text, 'base64').toString();
  return createHttpClient({
    url: clusters[0].cluster.server,
    ca: pem(clusters[0].cluster['certificate-authority-data']),
    cert: pem(users[0].user['client-certificate-data']),
    key: pem(users[0].user['client-key-data']),
  });
}
