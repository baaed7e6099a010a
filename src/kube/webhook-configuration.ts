/** The MutatingWebhookConfiguration that makes an API server call Permafrost. Pure: command line and manifests share it. */
import { type Mode, modeLabel, modes } from '../admission/mode.ts';

/** How the API server reaches the webhook. */
export type WebhookTarget =
  /** Without the path, which carries the mode. */
  { url: string } | { service: { namespace: string; name: string; port: number } };

export interface WebhookConfigurationOptions {
  target: WebhookTarget;
  /** Base64 of the PEM of the CAs to trust; without it those of the API server's machine, or whatever somebody puts in later. */
  caBundle?: string;
  /** Of `enforce` only: `audit` and `warn` change nothing, so they must not stand in the way. */
  failurePolicy?: 'Fail' | 'Ignore';
  timeoutSeconds?: number;
  /** Where Permafrost itself runs. */
  ownNamespace?: string;
}

/**
 * A review takes about a millisecond, so this is for the network: two lost SYNs (sent again after 1 s and 3 s) are survived. More would
 * only hold up whoever waits for the pod: the API server asks again after other webhooks, and its own clients give up after a minute.
 */
export const defaultTimeoutSeconds = 5;

export const defaultOwnNamespace = 'permafrost-system';

/**
 * What costs no call. CEL, evaluated by the API server; an error in it would count as a failed call, so every step is asked for first.
 * https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/#matching-requests-matchconditions
 */
const matchConditions = [
  {
    name: 'not-a-mirror-pod',
    expression:
      "object == null || !has(object.metadata.annotations) || !('kubernetes.io/config.mirror' in object.metadata.annotations)",
  },
  {
    name: 'not-a-windows-pod',
    expression:
      "object == null || !has(object.spec.os) || !has(object.spec.os.name) || object.spec.os.name != 'windows'",
  },
];

/** Makes the object, with one webhook a mode. */
export function webhookConfiguration(options: WebhookConfigurationOptions) {
  return {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'MutatingWebhookConfiguration',
    metadata: { name: 'permafrost', labels: { 'app.kubernetes.io/name': 'permafrost' } },
    webhooks: modes.map((mode) => webhook(mode, options)),
  };
}

function webhook(mode: Mode, options: WebhookConfigurationOptions) {
  const {
    failurePolicy = 'Fail',
    timeoutSeconds = defaultTimeoutSeconds,
    ownNamespace = defaultOwnNamespace,
  } = options;
  return {
    name: `${mode}.permafrost.dev`,
    clientConfig: clientConfig(mode, options),
    namespaceSelector: {
      matchLabels: { [modeLabel]: mode },
      matchExpressions: [
        {
          key: 'kubernetes.io/metadata.name', // on every namespace, set by the API server
          operator: 'NotIn',
          values: [...new Set(['kube-system', ownNamespace])],
        },
      ],
    },
    rules: [
      { apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'], scope: 'Namespaced' },
      {
        apiGroups: [''],
        apiVersions: ['v1'],
        operations: ['UPDATE'],
        resources: ['pods/ephemeralcontainers'],
        scope: 'Namespaced',
      },
    ],
    matchConditions: matchConditions.map((condition) => ({ ...condition })),
    matchPolicy: 'Equivalent',
    reinvocationPolicy: 'IfNeeded', // a container that another webhook injects later is hardened too
    sideEffects: 'None',
    admissionReviewVersions: ['v1'],
    timeoutSeconds,
    failurePolicy: mode === 'enforce' ? failurePolicy : 'Ignore',
  };
}

function clientConfig(mode: Mode, { target, caBundle }: WebhookConfigurationOptions) {
  const path = `/mutate/${mode}`;
  return {
    ...('url' in target
      ? { url: `${target.url.replace(/\/+$/, '')}${path}` }
      : { service: { ...target.service, path } }),
    ...(caBundle !== undefined && { caBundle }),
  };
}
