/** Which pods are never touched. The webhook configuration leaves them out as well, so that they cost no call. */
import type { Pod } from './pod.ts';

/** The namespace of the cluster's own components; a pod that cannot start there can take the cluster down. */
const systemNamespace = 'kube-system';

/** On a pod that the kubelet made from a file; the API server refuses changes: https://kubernetes.io/docs/concepts/workloads/pods/#static-pods */
const mirrorAnnotation = 'kubernetes.io/config.mirror';

/**
 * Says why a pod must be left alone.
 *
 * @param namespace where the pod is created: the request's, since the object's own may be empty
 * @param ownNamespace where Permafrost itself runs
 * @returns the reason in a few words; undefined when the pod is to be hardened
 */
export function reasonToLeaveAlone(pod: Pod, namespace: string, ownNamespace: string): string | undefined {
  if (namespace === systemNamespace) return `namespace ${systemNamespace} is never touched`;
  if (namespace === ownNamespace) return `namespace ${ownNamespace} is Permafrost's own`;
  if (pod.metadata?.annotations && mirrorAnnotation in pod.metadata.annotations) return 'mirror pod of a static pod';
  if (pod.spec.os?.name === 'windows') return 'Windows pod: the API rejects Linux-only fields there';
  return undefined;
}
