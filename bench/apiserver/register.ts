/** Tells the API server to call a webhook for the pods of one candidate's namespace, and for no others. */
import type { Cluster } from './cluster.ts';

/** As in a MutatingWebhookConfiguration. */
export interface Webhook {
  name: string;
  clientConfig: { url: string; caBundle: string };
  rules: object[];
  [field: string]: unknown;
}

/** Which pods are not anybody's business: hardened, a mirror pod or one for Windows would be refused. Whoever hardens leaves them out. */
export interface Exclusions {
  matchConditions: unknown;
}

export const registrations = '/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations';

/** The label that tells the candidates' namespaces apart. */
export const label = 'bench';

export async function register(cluster: Cluster, candidate: string, webhooks: readonly Webhook[]): Promise<void> {
  await createConfiguration(cluster, {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'MutatingWebhookConfiguration',
    metadata: { name: `bench-${candidate}` },
    webhooks: webhooks.map((webhook) => ({ ...webhook, namespaceSelector: { matchLabels: { [label]: candidate } } })),
  });
}

export async function createConfiguration(cluster: Cluster, configuration: object): Promise<void> {
  await cluster.call('POST', registrations, configuration);
}

/** For pods that are created, and nothing more. */
export function podWebhook(url: string, ca: string): Webhook {
  return {
    name: 'bench.permafrost.dev',
    clientConfig: { url, caBundle: Buffer.from(ca).toString('base64') },
    rules: [{ apiGroups: [''], apiVersions: ['v1'], resources: ['pods'], operations: ['CREATE'], scope: 'Namespaced' }],
    admissionReviewVersions: ['v1'],
    sideEffects: 'None',
    failurePolicy: 'Fail',
    timeoutSeconds: 10,
  };
}
