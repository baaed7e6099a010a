/** Which objects have a pod in them, and where. */

/** An object that has a pod or a pod template. */
export interface Workload {
  apiVersion: string;
  kind: string;
  /** Undefined when the object names none. */
  namespace: string | undefined;
  /** Or its generateName with a star. */
  name: string;
  /** From the document's root to the object. */
  path: (string | number)[];
  /** From the document's root to the pod or pod template. */
  podPath: (string | number)[];
  /** The pod or pod template, undecoded; undefined when there is none. */
  pod: unknown;
  /** The object's annotations, undecoded. */
  annotations: Record<string, unknown>;
}

/** By group, since each version of a group has the template in the same place. */
const podPaths: Record<string, Record<string, readonly string[]>> = {
  '': { Pod: [], ReplicationController: ['spec', 'template'], PodTemplate: ['template'] },
  apps: {
    Deployment: ['spec', 'template'],
    StatefulSet: ['spec', 'template'],
    DaemonSet: ['spec', 'template'],
    ReplicaSet: ['spec', 'template'],
  },
  batch: { Job: ['spec', 'template'], CronJob: ['spec', 'jobTemplate', 'spec', 'template'] },
};

const functionGroup = 'config.kubernetes.io';

/** Whether a document is the input of a KRM function: https://github.com/kubernetes-sigs/kustomize/blob/master/cmd/config/docs/api-conventions/functions-spec.md */
export function isResourceList(value: unknown): value is Record<string, unknown> {
  return isRecord(value) && value['kind'] === 'ResourceList' && groupOf(value['apiVersion']) === functionGroup;
}

/** Finds all objects with a pod in a document: the document itself, or the items of a List, of lists in it, of a ResourceList. */
export function findWorkloads(value: unknown, path: (string | number)[] = [], inherited?: TypeMeta): Workload[] {
  if (!isRecord(value)) return [];
  const apiVersion = text(value['apiVersion']) ?? inherited?.apiVersion;
  const kind = text(value['kind']) ?? inherited?.kind;
  if (apiVersion === undefined || kind === undefined) return [];
  const group = groupOf(apiVersion);
  const kinds = podPaths[group];
  const podPath = kinds && Object.hasOwn(kinds, kind) ? kinds[kind] : undefined;
  if (podPath) {
    const metadata = isRecord(value['metadata']) ? value['metadata'] : {};
    return [
      {
        apiVersion,
        kind,
        namespace: text(metadata['namespace']),
        name: text(metadata['name']) ?? (text(metadata['generateName']) ? `${metadata['generateName']}*` : '?'),
        path,
        podPath: [...path, ...podPath],
        pod: podPath.reduce<unknown>((parent, key) => (isRecord(parent) ? parent[key] : undefined), value),
        annotations: isRecord(metadata['annotations']) ? metadata['annotations'] : {},
      },
    ];
  }
  const items = value['items'];
  if (!Array.isArray(items) || !(kinds ?? group === functionGroup) || !kind.endsWith('List')) return [];
  const itemKind = kind.slice(0, -'List'.length);
  const itemType = kinds && Object.hasOwn(kinds, itemKind) ? { apiVersion, kind: itemKind } : undefined;
  return items.flatMap((item, index) => findWorkloads(item, [...path, 'items', index], itemType));
}

interface TypeMeta {
  apiVersion: string;
  kind: string;
}

function groupOf(apiVersion: unknown): string {
  if (typeof apiVersion !== 'string') return '';
  const slash = apiVersion.indexOf('/');
  return slash === -1 ? (apiVersion === 'v1' ? '' : '?') : apiVersion.slice(0, slash);
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
