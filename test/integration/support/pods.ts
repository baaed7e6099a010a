/** Pods that tests send, and what they look at in those that come back. */
import type { Container, Pod, VolumeMount } from '../../../src/harden/pod.ts';

/** Breaks under a read-only root everywhere else, and asks for what it must not have. */
export const nginxPod = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'nginx', labels: { app: 'nginx' } },
  spec: {
    containers: [
      { name: 'nginx', image: 'nginx:1.27', ports: [{ containerPort: 80 }], securityContext: { privileged: true } },
    ],
  },
};

/** A pod of one container that there is no profile for, named by the server. */
export function podOf(container: object = {}, spec: object = {}, metadata: object = {}): object {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { generateName: 'pod-', ...metadata },
    spec: { containers: [{ name: 'app', image: 'registry.example/app:1', ...container }], ...spec },
  };
}

export type ContainerKind = 'initContainers' | 'containers' | 'ephemeralContainers';

export function containerOf(pod: Pod, name: string): Container {
  const kinds: ContainerKind[] = ['initContainers', 'containers', 'ephemeralContainers'];
  const found = kinds.flatMap((kind) => pod.spec[kind] ?? []).find((container) => container.name === name);
  if (!found) throw new Error(`no container ${name} in ${JSON.stringify(pod.spec)}`);
  return found;
}

/** Whether every container has a read-only root. */
export function isHardened({ spec }: Pod): boolean {
  const containers = [...(spec.initContainers ?? []), ...(spec.containers ?? [])];
  return containers.every((container) => container.securityContext?.readOnlyRootFilesystem === true);
}

/** The paths at which a container has an emptyDir that hardening put there. */
export function injectedPaths(pod: Pod, container: string): string[] {
  return injectedMounts(pod, container).map((mount) => mount.mountPath);
}

export function injectedMounts(pod: Pod, container: string): VolumeMount[] {
  const own = new Set(
    pod.spec.volumes
      ?.filter((volume) => volume.name.startsWith('permafrost-') && volume['emptyDir'])
      .map(({ name }) => name),
  );
  return containerOf(pod, container).volumeMounts?.filter((mount) => own.has(mount.name)) ?? [];
}
