/** The manifests as kubectl renders them, and as a real API server takes them. */
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseAllDocuments } from 'yaml';
import { eventually, kubectl } from '../../integration/support/cluster.ts';

const manifests = fileURLToPath(new URL('../../../manifests/', import.meta.url));

/** All that somebody can install: the default, and each overlay. */
export const overlays = ['.', ...readdirSync(`${manifests}overlays`).map((name) => `overlays/${name}`)];

export const ownNamespace = 'permafrost-system';

export interface Manifest {
  apiVersion: string;
  kind: string;
  metadata: { name: string; namespace?: string; labels?: Record<string, string>; annotations?: Record<string, string> };
  // biome-ignore lint/suspicious/noExplicitAny: of any kind
  [field: string]: any;
}

const rendered = new Map<string, Manifest[]>();

/** Renders one of `overlays`, in the order in which kubectl applies it. */
export async function render(overlay: string): Promise<Manifest[]> {
  const known = rendered.get(overlay);
  if (known) return known;
  const { exitCode, stdout, stderr } = await kubectl(['kustomize', `${manifests}${overlay}`]);
  if (exitCode !== 0) throw new Error(`${overlay} does not render: ${stderr}`);
  const objects = parseAllDocuments(stdout).map((document) => document.toJS() as Manifest);
  rendered.set(overlay, objects);
  return objects;
}

/** The one object of a kind, with a name when there are several. */
export function find(objects: Manifest[], kind: string, name?: string): Manifest {
  const found = objects.filter(
    (object) => object.kind === kind && (name === undefined || object.metadata.name === name),
  );
  if (found.length !== 1 || !found[0]) throw new Error(`${found.length} objects of kind ${kind} ${name ?? ''}`);
  return found[0];
}

/** Applies objects as `kubectl apply` does. */
export async function apply(objects: unknown[]): Promise<string> {
  const list = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects });
  const { exitCode, stdout, stderr } = await kubectl(['apply', '--filename=-'], list);
  if (exitCode !== 0) throw new Error(`not applied: ${stderr}`);
  return `${stdout}${stderr}`;
}

/** Takes away what concerns pods everywhere, so that the next test finds the API server as it was. */
export async function removeAdmission(): Promise<void> {
  const kinds = 'mutatingwebhookconfiguration,validatingadmissionpolicy,validatingadmissionpolicybinding';
  await kubectl(['delete', kinds, '--all', '--ignore-not-found']);
}

/** Definitions of the kinds that cert-manager and the Prometheus operator bring, just enough to take any object. */
export async function applyForeignDefinitions(): Promise<void> {
  const foreign = [
    ['cert-manager.io', 'Certificate'],
    ['cert-manager.io', 'Issuer'],
    ['monitoring.coreos.com', 'ServiceMonitor'],
    ['monitoring.coreos.com', 'PrometheusRule'],
  ] as const;
  await apply(foreign.map(([group, kind]) => definition(group, kind)));
  for (const [group, kind] of foreign) {
    await eventually(`the API server to serve ${kind}`, async () => {
      const { exitCode } = await kubectl(['get', `${kind.toLowerCase()}s.${group}`, '--all-namespaces']);
      return exitCode === 0 || undefined;
    });
  }
}

function definition(group: string, kind: string): Manifest {
  const singular = kind.toLowerCase();
  const schema = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${singular}s.${group}` },
    spec: {
      group,
      scope: 'Namespaced',
      names: { kind, listKind: `${kind}List`, plural: `${singular}s`, singular },
      versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: schema } }],
    },
  };
}
