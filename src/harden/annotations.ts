/** The annotations that a hardened pod gets, so that its owner and the cluster autoscaler know. */
import type { Finding } from './finding.ts';
import type { Pod } from './pod.ts';

/** Says what was changed, by which version, a line a pass. */
export const changesAnnotation = 'permafrost.dev/changes';

/**
 * Names volumes that may be lost when a node is scaled down; without it an emptyDir keeps the node:
 * https://github.com/kubernetes/autoscaler/blob/master/cluster-autoscaler/FAQ.md#what-types-of-pods-can-prevent-ca-from-removing-a-node
 */
export const safeToEvictAnnotation = 'cluster-autoscaler.kubernetes.io/safe-to-evict-local-volumes';

/** All annotations of an object together, keys and values: TotalAnnotationSizeLimitB in k8s.io/apimachinery pkg/api/validation. */
const totalLimit = 256 * 1024;

/**
 * Annotates a pod that the rules changed.
 *
 * @param before the pod as it came
 * @param after the pod as the rules made it
 * @returns `after` with annotations; without them if the API server would refuse that many
 */
export function annotate(before: Pod, after: Pod, findings: readonly Finding[], version: string): Pod {
  const annotations = { ...after.metadata?.annotations };
  const earlier = annotations[changesAnnotation];
  const line = `permafrost ${version}: ${describe(findings)}`;
  annotations[changesAnnotation] = earlier ? `${earlier}\n${line}` : line;

  // new volumes are behind those that were there
  const known = before.spec.volumes?.length ?? 0;
  const added: string[] = [];
  for (const volume of after.spec.volumes?.slice(known) ?? []) if (volume['emptyDir']) added.push(volume.name);
  if (added.length > 0) {
    const named = annotations[safeToEvictAnnotation]?.split(',').filter((name) => name.trim() !== '') ?? [];
    annotations[safeToEvictAnnotation] = [...named, ...added].join(',');
  }
  if (isTooBig(annotations)) return after;
  return { ...after, metadata: { ...after.metadata, annotations } };
}

/** `nginx: root made read-only; emptyDir on /var/run. sidecar: …` */
function describe(findings: readonly Finding[]): string {
  const byContainer = new Map<string, string>();
  for (const { changed, container, message } of findings) {
    if (!changed) continue;
    const earlier = byContainer.get(container);
    byContainer.set(container, earlier === undefined ? `${container}: ${message}` : `${earlier}; ${message}`);
  }
  return [...byContainer.values()].join('. ');
}

/** In bytes, of which a UTF-16 unit takes three at most. */
function isTooBig(annotations: Record<string, string>): boolean {
  let units = 0;
  for (const key in annotations) units += key.length + (annotations[key] ?? '').length;
  if (units * 3 <= totalLimit) return false;
  let bytes = 0;
  for (const key in annotations) bytes += Buffer.byteLength(key) + Buffer.byteLength(annotations[key] ?? '');
  return bytes > totalLimit;
}
