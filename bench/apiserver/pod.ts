/** The pod that all candidates harden, and what it must look like then. */
import { isDeepStrictEqual } from 'node:util';
import type { Cluster } from './cluster.ts';

export const nginx = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { generateName: 'nginx-', labels: { app: 'nginx' } },
  spec: {
    containers: [
      { name: 'nginx', image: 'nginx:1.27', ports: [{ containerPort: 80 }], securityContext: { privileged: true } },
    ],
  },
};

export interface CreatedPod {
  metadata: { namespace: string; annotations?: Record<string, string>; [field: string]: unknown };
  spec: {
    [field: string]: unknown;
    containers: { securityContext?: object; volumeMounts: { name: string; mountPath: string }[] }[];
    volumes: { name: string; emptyDir?: object }[];
  };
  [field: string]: unknown;
}

export const podsPath = (namespace: string) => `/api/v1/namespaces/${namespace}/pods?dryRun=All`;

export function createPod(cluster: Cluster, namespace: string): Promise<CreatedPod> {
  return cluster.call<CreatedPod>('POST', podsPath(namespace), nginx);
}

/** Names the volumes for which a node may go: the cluster autoscaler would keep it for an emptyDir otherwise. */
const safeToEvict = 'cluster-autoscaler.kubernetes.io/safe-to-evict-local-volumes';

/** What hardening does to the pod, in an order of its own. */
interface Hardening {
  safeToEvict: string | undefined;
  securityContexts: object[];
  emptyDirs: { paths: string[]; emptyDir: object }[];
}

const wanted: Hardening = {
  safeToEvict: 'permafrost-nginx-var-cache-nginx,permafrost-nginx-var-run',
  securityContexts: [{ privileged: false, readOnlyRootFilesystem: true }],
  emptyDirs: [
    { paths: ['/var/cache/nginx'], emptyDir: { sizeLimit: '1Gi' } },
    { paths: ['/var/run'], emptyDir: { sizeLimit: '64Mi' } },
  ],
};

export function isHardened({ metadata, spec }: CreatedPod): boolean {
  const mounts = spec.containers.flatMap(({ volumeMounts }) => volumeMounts);
  const emptyDirs = spec.volumes.flatMap(({ name, emptyDir }) => {
    const paths = mounts.filter((mount) => mount.name === name).map(({ mountPath }) => mountPath);
    return emptyDir ? [{ paths, emptyDir }] : [];
  });
  const found: Hardening = {
    safeToEvict: metadata.annotations?.[safeToEvict],
    securityContexts: spec.containers.map(({ securityContext }) => securityContext ?? {}),
    emptyDirs: emptyDirs.toSorted((a, b) => (String(a.paths) < String(b.paths) ? -1 : 1)),
  };
  return isDeepStrictEqual(found, wanted);
}

export function isUntouched({ spec }: CreatedPod): boolean {
  return (
    spec.volumes.every(({ emptyDir }) => !emptyDir) &&
    spec.containers.every(({ securityContext }) => isDeepStrictEqual(securityContext, { privileged: true }))
  );
}
