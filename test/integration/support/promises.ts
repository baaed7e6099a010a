/** What an enforce namespace promises of a pod, checked on what the API server made of it with and without Permafrost. */
import { expect } from 'vitest';
import type { Container, Pod, SecurityContext, Volume, VolumeMount } from '../../../src/harden/pod.ts';
import { builtInFolder, loadProfiles } from '../../../src/profiles/load.ts';
import { createProfileTable, matchImage } from '../../../src/profiles/table.ts';
import { isAtOrBelow, mountOf, resolvePlace, visibleMounts } from '../../harden/visible-mounts.ts';

const profiles = loadProfiles(builtInFolder).profiles.map(({ profile }) => profile);
const table = createProfileTable([{ origin: 'built-in', profiles }]);
const mirrors = [{ prefix: 'mirror.gcr.io', standsFor: 'docker.io' }];

export const profiledImages = profiles.flatMap((profile) => profile.spec.images).filter((image) => !/[*{]/.test(image));
export const profiledPaths = [
  ...new Set(profiles.flatMap((profile) => profile.spec.writablePaths?.map(({ path }) => path) ?? [])),
];

const kinds = ['initContainers', 'containers'] as const;
const changes = 'permafrost.dev/changes';
const safeToEvict = 'cluster-autoscaler.kubernetes.io/safe-to-evict-local-volumes';
const annotationLimit = 256 * 1024;

/**
 * Checks all promises.
 *
 * @param before the pod as a namespace without the label has it
 * @param after the same pod as an enforce namespace has it
 */
export function expectHardened(before: Pod, after: Pod): void {
  if (before.spec.os?.name === 'windows') {
    expect(comparable(after)).toEqual(comparable(before));
    return;
  }
  const added = addedVolumes(before, after);
  for (const kind of kinds) {
    const containers = after.spec[kind] ?? [];
    const copiers = containers.filter((container) => isCopier(container, before));
    expect(containers.length - copiers.length, kind).toBe(before.spec[kind]?.length ?? 0);
    for (const container of containers) {
      expectImmutable(container);
      const original = before.spec[kind]?.find(({ name }) => name === container.name);
      if (!original) continue;
      expectNothingHidden(original, container);
      expectPathsWritable(original, container, after.spec.volumes ?? []);
    }
  }
  expectAnnotated(before, after, added);
  expect(comparable(withoutOurs(before, after)), 'nothing else changed').toEqual(comparable(normalizeSecurity(before)));
}

/** An init container that fills a volume with what the image has at the path. */
function isCopier({ name }: Container, before: Pod): boolean {
  const isNew = !kinds.some((kind) => before.spec[kind]?.some((container) => container.name === name));
  return isNew && name.startsWith('permafrost-');
}

function expectImmutable({ name, securityContext }: Container): void {
  expect(securityContext?.readOnlyRootFilesystem, `${name}: the root is read-only`).toBe(true);
  expect(securityContext?.privileged ?? false, `${name}: not privileged`).toBe(false);
  expect(securityContext?.procMount ?? 'Default', `${name}: /proc is masked`).toBe('Default');
  expect(securityContext?.capabilities?.add?.filter(canRemount) ?? [], `${name}: cannot remount`).toEqual([]);
}

/** Every mount that the container saw is still there, and every new one is seen. */
function expectNothingHidden(before: Container, after: Container): void {
  const visible = visibleMounts(after).map(({ mount }) => mount.mountPath);
  const wanted = visibleMounts(before).map(({ mount }) => mount.mountPath);
  const added = addedMounts(before, after).map((mount) => mount.mountPath);
  for (const path of [...wanted, ...added]) expect(visible, `${after.name}: ${path} is seen`).toContain(path);
}

/** Each path of the profile can be written to, unless the pod itself decided otherwise; and the container can start. */
function expectPathsWritable(before: Container, after: Container, volumes: Volume[]): void {
  const original = visibleMounts(before);
  const visible = visibleMounts(after);
  const mine = addedMounts(before, after);
  for (const mount of mine) {
    const place = resolvePlace(mount.mountPath, original);
    const parent = mountOf(place, original);
    expect(parent?.at, `${after.name}: ${mount.mountPath} was not mounted before`).not.toBe(place);
    const why = `${after.name}: ${mount.mountPath} can be mounted below ${parent?.mount.mountPath}`;
    expect(parent && refusesMountPoints(parent.mount, volumes), why).not.toBe(true);
  }
  const profile = matchImage(table, String(after.image), mirrors);
  for (const path of profile ? (profile.spec.writablePaths ?? []).map((entry) => entry.path) : ['/tmp']) {
    // what the image writes lies where its links say, whatever is mounted over /var
    const place = resolvePlace(path, []);
    const isDevice = after.volumeDevices?.some((device) => isAtOrBelow(place, resolvePlace(device.devicePath, [])));
    if (isDevice) continue;
    const parent = mountOf(place, visible);
    const isMountedByPod = before.volumeMounts?.some((mount) => resolvePlace(mount.mountPath, original) === place);
    const isRefused = parent && !mine.includes(parent.mount) && refusesMountPoints(parent.mount, volumes);
    const isWritable = parent && !refusesMountPoints(parent.mount, volumes) && !isContent(parent.mount, volumes);
    expect(isMountedByPod || isRefused || isWritable, `${after.name} (${after.image}): ${path} can be written to`).toBe(
      true,
    );
  }
}

/** No directory can be made there, so a container with a mount below it does not start. */
function refusesMountPoints(mount: VolumeMount, volumes: Volume[]): boolean {
  const volume = volumes.find(({ name }) => name === mount.name);
  if (mount.readOnly === true || volume?.['image']) return true;
  return Object.values(volume ?? {}).some(
    (source) => (source as { readOnly?: boolean } | undefined)?.readOnly === true,
  );
}

function isContent(mount: VolumeMount, volumes: Volume[]): boolean {
  const volume = volumes.find(({ name }) => name === mount.name);
  return ['configMap', 'secret', 'downwardAPI', 'projected'].some((source) => volume?.[source]);
}

function addedVolumes(before: Pod, after: Pod): string[] {
  const volumes = after.spec.volumes ?? [];
  const added = volumes.slice(before.spec.volumes?.length ?? 0);
  expect(new Set(volumes.map(({ name }) => name)).size, 'volume names are unique').toBe(volumes.length);
  for (const volume of added) {
    expect(volume, 'an emptyDir with a limit').toEqual({
      name: expect.stringMatching(/^permafrost-[a-z0-9-]+$/),
      emptyDir: expect.objectContaining({ sizeLimit: expect.any(String) }),
    });
  }
  const mounted = kinds.flatMap((kind) =>
    (after.spec[kind] ?? [])
      .filter((container) => !isCopier(container, before))
      .flatMap((container) => container.volumeMounts ?? []),
  );
  for (const { name } of added) {
    expect(mounted.filter((mount) => mount.name === name).length, `${name} belongs to one container and path`).toBe(1);
  }
  return added.map(({ name }) => name);
}

function addedMounts(before: Container, after: Container): VolumeMount[] {
  return after.volumeMounts?.slice(before.volumeMounts?.length ?? 0) ?? [];
}

/** The owner and the cluster autoscaler are told; only where the API server would not take that many bytes are they not. */
function expectAnnotated(before: Pod, after: Pod, added: string[]): void {
  const { annotations = {} } = after.metadata ?? {};
  const earlier = before.metadata?.annotations ?? {};
  const size = Object.entries(earlier ?? {}).reduce((sum, entry) => sum + Buffer.byteLength(entry.join('')), 0);
  const isChanged = JSON.stringify(comparable(before).spec) !== JSON.stringify(comparable(after).spec);
  const text = annotations?.[changes] ?? '';
  if (!isChanged || (text === (earlier?.[changes] ?? '') && size > annotationLimit - 24 * 1024)) {
    expect(annotations).toEqual(earlier);
    return;
  }
  expect(text.startsWith(earlier?.[changes] ?? ''), 'earlier lines are kept').toBe(true);
  expect(text.length).toBeGreaterThan(earlier?.[changes]?.length ?? 0);
  const names = annotations?.[safeToEvict]?.split(',').map((name) => name.trim()) ?? [];
  expect(names).toEqual(expect.arrayContaining(added));
}

/** Takes out of `after` what hardening may have put there. */
function withoutOurs(before: Pod, after: Pod): Pod {
  const { [changes]: _changes, [safeToEvict]: _names, ...annotations } = after.metadata?.annotations ?? {};
  const { [changes]: hadChanges, [safeToEvict]: hadNames } = before.metadata?.annotations ?? {};
  if (hadChanges !== undefined) annotations[changes] = hadChanges;
  if (hadNames !== undefined) annotations[safeToEvict] = hadNames;
  const pod = structuredClone(normalizeSecurity({ ...after, metadata: { ...after.metadata, annotations } }));
  pod.spec.volumes = pod.spec.volumes?.slice(0, before.spec.volumes?.length ?? 0);
  for (const kind of kinds) {
    pod.spec[kind] = pod.spec[kind]?.filter((container) => !isCopier(container, before));
    for (const container of pod.spec[kind] ?? []) {
      const original = before.spec[kind]?.find(({ name }) => name === container.name);
      container.volumeMounts = container.volumeMounts?.slice(0, original?.volumeMounts?.length ?? 0).map((mount, at) =>
        // only what was privileged may have lost its propagation
        original?.securityContext?.privileged &&
        original.volumeMounts?.[at]?.mountPropagation === 'Bidirectional' &&
        mount.mountPropagation === 'HostToContainer'
          ? { ...mount, mountPropagation: 'Bidirectional' }
          : mount,
      );
    }
  }
  return pod;
}

/** Takes out of both what hardening decides, so that the rest can be compared. */
function normalizeSecurity(pod: Pod): Pod {
  const next = structuredClone(pod);
  for (const kind of kinds) {
    for (const container of next.spec[kind] ?? []) {
      const { readOnlyRootFilesystem, privileged, procMount, capabilities, ...context } =
        container.securityContext ?? {};
      const add = capabilities?.add?.filter((name) => !canRemount(name));
      const { add: _, ...others } = capabilities ?? {};
      const kept = { ...others, ...(add?.length && { add }) };
      container.securityContext = {
        ...context,
        ...(Object.keys(kept).length > 0 && { capabilities: kept }),
      } as SecurityContext;
    }
  }
  return next;
}

function canRemount(capability: string): boolean {
  return /^(cap_)?(sys_admin|all)$/i.test(capability);
}

/** Without what differs between any two pods: names made by the server, times, the namespace, and empty fields. */
export function comparable(pod: Pod): { metadata: unknown; spec: unknown } {
  const { name, uid, creationTimestamp, namespace, managedFields, resourceVersion, ...metadata } = pod.metadata ?? {};
  const text = JSON.stringify({ metadata, spec: pod.spec }, (_key, value: unknown) => {
    if (Array.isArray(value) && value.length === 0) return undefined;
    if (typeof value === 'object' && value !== null && Object.keys(value).length === 0) return undefined;
    return value;
  });
  return JSON.parse(text.replaceAll(/kube-api-access-[a-z0-9]{5}/g, 'kube-api-access')) as {
    metadata: unknown;
    spec: unknown;
  };
}
