/** AdmissionReviews as a kube-apiserver sends them when a pod of a ReplicaSet is created. */
import type { Random } from '../measure/random.ts';

export interface PodObject {
  metadata: Record<string, unknown> & { namespace: string };
  spec: { containers: object[]; [field: string]: unknown };
  [field: string]: unknown;
}

/** Wraps a pod in a review. */
export function reviewOf(pod: PodObject, random: Random): { request: { uid: string } & Record<string, unknown> } {
  const gvk = { group: '', version: 'v1', kind: 'Pod' };
  const gvr = { group: '', version: 'v1', resource: 'pods' };
  const review = {
    kind: 'AdmissionReview',
    apiVersion: 'admission.k8s.io/v1',
    request: {
      uid: uuid(random),
      kind: gvk,
      resource: gvr,
      requestKind: gvk,
      requestResource: gvr,
      namespace: pod.metadata.namespace,
      operation: 'CREATE',
      userInfo: {
        username: 'system:serviceaccount:kube-system:replicaset-controller',
        uid: uuid(random),
        groups: ['system:serviceaccounts', 'system:serviceaccounts:kube-system', 'system:authenticated'],
      },
      object: pod,
      oldObject: null,
      dryRun: false,
      options: { kind: 'CreateOptions', apiVersion: 'meta.k8s.io/v1' },
    },
  };
  return review;
}

export function uuid(random: Random): string {
  return [8, 4, 4, 4, 12].map((digits) => random.hex(digits)).join('-');
}
