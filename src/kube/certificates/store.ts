/** The Secret and the webhook configuration that the certificates live in, on a real API server. Nothing else of them is touched. */
import { modes } from '../../admission/mode.ts';
import { formatBundle, parseCaBundle } from '../../certificates/authority.ts';
import type { CertificateStore, Written } from '../../certificates/round.ts';
import type { SecretData } from '../../certificates/stored.ts';
import type { Hook } from '../../certificates/trust.ts';
import { ApiError, type KubeApi } from '../api.ts';

export interface CertificatePlaces {
  /** Of the Secret. */
  namespace: string;
  secret: string;
  /** The name of the MutatingWebhookConfiguration. */
  configuration: string;
}

/** In managedFields, so that one sees who wrote a caBundle. */
const fieldManager = 'permafrost';

/** Milliseconds for a request: one that hangs must not hold up a repair. */
const timeout = 10_000;

const hookNames: ReadonlySet<string> = new Set(modes.map((mode) => `${mode}.permafrost.dev`));

interface Metadata {
  resourceVersion: string;
}

interface Configuration {
  metadata: Metadata;
  webhooks?: { name: string; clientConfig: { caBundle?: string } }[];
}

interface Secret {
  metadata: Metadata;
  data?: SecretData;
}

export const configurationsPath = '/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations';

export function secretsPath({ namespace }: Pick<CertificatePlaces, 'namespace'>): string {
  return `/api/v1/namespaces/${encodeURIComponent(namespace)}/secrets`;
}

/** Makes the store, which sends nothing yet. */
export function createStore(api: KubeApi, places: CertificatePlaces): CertificateStore {
  const secrets = secretsPath(places);
  const secretPath = `${secrets}/${encodeURIComponent(places.secret)}`;
  const configurationPath = `${configurationsPath}/${encodeURIComponent(places.configuration)}`;
  const signal = () => AbortSignal.timeout(timeout);
  const query = { fieldManager };

  const read = async <T>(path: string): Promise<T | undefined> => {
    try {
      return (await api.send('GET', path, { signal: signal() })) as T;
    } catch (error) {
      if (error instanceof ApiError && error.status === 404) return undefined;
      throw naming(error, `get ${path}`);
    }
  };
  const patch = (path: string, contentType: string, body: unknown): Promise<Written> =>
    write(`patch ${path}`, () => api.send('PATCH', path, { query, contentType, body, signal: signal() }));

  return {
    async readHooks() {
      const configuration = await read<Configuration>(configurationPath);
      const hooks = (configuration?.webhooks ?? []).flatMap(({ name, clientConfig }, index): Hook[] =>
        hookNames.has(name) ? [{ name, index, bundle: parseCaBundle(clientConfig.caBundle) }] : [],
      );
      return { hooks, version: configuration?.metadata.resourceVersion ?? '' };
    },
    async readSecret() {
      const secret = await read<Secret>(secretPath);
      return secret && { data: secret.data ?? {}, version: secret.metadata.resourceVersion };
    },
    writeHooks(hooks, version, authorities) {
      const caBundle = Buffer.from(formatBundle(authorities)).toString('base64');
      // a patch of exactly these fields, for exactly what was read: other webhooks and other fields are somebody else's
      return patch(configurationPath, 'application/json-patch+json', [
        { op: 'test', path: '/metadata/resourceVersion', value: version },
        ...hooks.flatMap(({ name, index }) => [
          { op: 'test', path: `/webhooks/${index}/name`, value: name },
          { op: 'add', path: `/webhooks/${index}/clientConfig/caBundle`, value: caBundle },
        ]),
      ]);
    },
    createSecret: (data) =>
      write(`create ${secrets}`, () => {
        const metadata = { name: places.secret, labels: { 'app.kubernetes.io/name': 'permafrost' } };
        const body = { apiVersion: 'v1', kind: 'Secret', metadata, type: 'kubernetes.io/tls', data };
        return api.send('POST', secrets, { query, body, signal: signal() });
      }),
    writeSecret(data, version) {
      const values = Object.fromEntries(Object.entries(data).map(([name, value]) => [name, value ?? null]));
      const body = { metadata: { resourceVersion: version }, data: values };
      return patch(secretPath, 'application/merge-patch+json', body);
    },
  };
}

/**
 * 409: another version, or created meanwhile; 404: deleted meanwhile; 422: a test of the JSON patch failed, for which the API server has
 * only this general message (an object that it finds invalid is named instead).
 */
async function write(what: string, send: () => Promise<unknown>): Promise<Written> {
  try {
    await send();
    return 'written';
  } catch (error) {
    if (error instanceof ApiError && isConflict(error)) return 'conflict';
    throw naming(error, what);
  }
}

function isConflict({ status, message }: ApiError): boolean {
  return status === 409 || status === 404 || (status === 422 && message.includes('rejected our request'));
}

/** Says what was tried; the API server says only why not. */
function naming(error: unknown, what: string): Error {
  const reason = error instanceof Error ? error.message : String(error);
  return new Error(`${what}: ${reason}`, { cause: error });
}
