/** The control plane as a test sees it. */
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { inject } from 'vitest';
import type { Mode } from '../../../src/admission/mode.ts';
import type { Pod } from '../../../src/harden/pod.ts';
import { createCall, createHttpClient, type HttpResponse } from './http-client.ts';

export const access = inject('cluster');

/** Sends a request as an administrator, and answers with whatever the API server says. */
export const request = createHttpClient({
  url: access.url,
  token: access.token,
  ca: readFileSync(access.certificate, 'utf8'),
});

/** As `request`, but anything else than a success is an error. */
export const call = createCall(request);

export interface CreatedPod extends HttpResponse {
  /** As the API server has it after admission; undefined when it was refused. */
  pod: Pod | undefined;
}

/** Creates a pod, whatever comes of it. */
export async function createPod(namespace: string, pod: unknown, query = ''): Promise<CreatedPod> {
  const response = await request('POST', `/api/v1/namespaces/${namespace}/pods${query}`, pod);
  return { ...response, pod: response.status === 201 ? (JSON.parse(response.text) as Pod) : undefined };
}

/** Creates a pod that must be accepted. */
export async function acceptPod(
  namespace: string,
  pod: unknown,
  query = '',
): Promise<{ pod: Pod; warnings: string[] }> {
  const { pod: created, text, warnings } = await createPod(namespace, pod, query);
  if (!created) throw new Error(`the pod was refused: ${text}`);
  return { pod: created, warnings };
}

export function readPod(namespace: string, name: string): Promise<Pod> {
  return call<Pod>('GET', `/api/v1/namespaces/${namespace}/pods/${name}`);
}

let namespaces = 0;

/**
 * Creates a namespace of its own for a test, with the ServiceAccount `default` that a controller manager would make: without it no
 * pod can be created, and with it every pod gets a token.
 *
 * @param mode the value of the label; no label without it
 */
export async function createNamespace(mode?: Mode, name?: string): Promise<string> {
  const namespace = name ?? `test-${process.pid}-${++namespaces}`;
  const labels = mode ? { 'permafrost.dev/mode': mode } : {};
  await call('POST', '/api/v1/namespaces', { metadata: { name: namespace, labels } });
  await createServiceAccount(namespace);
  return namespace;
}

export async function createServiceAccount(namespace: string): Promise<void> {
  await call('POST', `/api/v1/namespaces/${namespace}/serviceaccounts`, { metadata: { name: 'default' } });
}

export interface AuditEvent {
  requestURI: string;
  verb: string;
  objectRef?: { resource: string; namespace?: string; name?: string; subresource?: string };
  annotations?: Record<string, string>;
}

/** Waits for the audit event of a request; it is written before the answer leaves, save for large answers. */
export async function auditEvent(
  namespace: string,
  matches: (event: AuditEvent) => boolean = () => true,
): Promise<AuditEvent> {
  return eventually(`an audit event in ${namespace}`, () => auditEvents(namespace).find(matches));
}

export function auditEvents(namespace: string): AuditEvent[] {
  const lines = readFileSync(access.auditLog, 'utf8').split('\n');
  // the last one may be half written
  return lines
    .slice(0, -1)
    .map((line) => JSON.parse(line) as AuditEvent)
    .filter((event) => event.objectRef?.namespace === namespace);
}

/** The names of our webhooks that the API server called for a request, in order, a second time on reinvocation. */
export function calledWebhooks(event: AuditEvent): string[] {
  return Object.entries(event.annotations ?? {})
    .filter(([key]) => key.startsWith('mutation.webhook.admission.k8s.io/'))
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([, value]) => (JSON.parse(value) as { webhook: string }).webhook);
}

export interface KubectlResult {
  exitCode: number;
  stdout: string;
  stderr: string;
}

/** Runs the real kubectl. */
export function kubectl(args: string[], stdin = ''): Promise<KubectlResult> {
  // its caches of the API live beside everything else that is thrown away
  const env = { ...process.env, KUBECONFIG: access.kubeconfig, KUBECACHEDIR: join(access.folder, 'kubectl-cache') };
  return new Promise((resolve) => {
    const child = execFile(access.kubectl, args, { env }, (error, stdout, stderr) => {
      const exitCode = error ? (typeof error.code === 'number' ? error.code : 1) : 0;
      resolve({ exitCode, stdout, stderr: stderr || (error?.message ?? '') });
    });
    child.stdin?.end(stdin);
  });
}

/** Tries again until there is a result: informers of the API server lag by some milliseconds. */
export async function eventually<T>(what: string, attempt: () => T | undefined | Promise<T | undefined>): Promise<T> {
  const deadline = Date.now() + 15_000;
  let last: unknown = 'nothing';
  do {
    try {
      const result = await attempt();
      if (result !== undefined && result !== false) return result;
    } catch (error) {
      last = error;
    }
    await sleep(20);
  } while (Date.now() < deadline);
  throw new Error(`waited 15 s for ${what}; the last attempt gave ${last}`);
}
