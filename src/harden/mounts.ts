/** Path algebra: where a container can already write, and how a new mount is spelled so that nothing hides anything. */
import type { Container, Volume, VolumeMount } from './pod.ts';

/** Symbolic links on Linux images: https://refspecs.linuxfoundation.org/FHS_3.0/fhs/ch05s13.html, ch05s09.html */
const links: [from: string, to: string][] = [
  ['/var/run', '/run'],
  ['/var/lock', '/run/lock'],
];

/** Says so of most paths, at a fifth of the cost of cleaning them; not of those with a hidden folder. */
const alreadyClean = /^(?:\/[^/.][^/]*)+$/;

/**
 * Cleans a path as the kubelet and the runtime do: absolute, without `.`, `..`, double and trailing slashes.
 *
 * @returns `/var/run` for `var//run/`; `/` for the root
 */
export function cleanPath(path: string): string {
  if (alreadyClean.test(path)) return path;
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  return `/${parts.join('/')}`;
}

/** The place that a path stands for: cleaned, and with `/var/run` and `/var/lock` resolved. Two paths are one place if this is equal. */
export function canonicalPath(path: string): string {
  const cleaned = cleanPath(path);
  for (const [from, to] of links) {
    if (cleaned === from || cleaned.startsWith(`${from}/`)) return to + cleaned.slice(from.length);
  }
  return cleaned;
}

/** Whether the canonical path `below` lies truly below the canonical path `above`. */
export function isBelow(below: string, above: string): boolean {
  return above === '/' ? below !== '/' : below.startsWith(`${above}/`);
}

/**
 * What a path is covered by:
 * - `mounted`: the pod mounts something (a volume or a block device) at this very path;
 * - `writable`: the nearest mount above it is writable, so the path is;
 * - `read-only`: the nearest mount above it is read-only, and no mount point can be made below it;
 * - `free`: nothing is in the way of a new mount.
 */
export type Cover = { kind: 'free' } | { kind: 'mounted' | 'writable' | 'read-only'; by: string };

/**
 * Finds what covers a path in a container.
 *
 * @param path canonical
 * @param volumes the pod's volumes, which say whether a mount can be written to
 */
export function findCover(container: Container, volumes: readonly Volume[], path: string): Cover {
  for (const device of container.volumeDevices ?? []) {
    const devicePath = canonicalPath(device.devicePath);
    if (devicePath === path) return { kind: 'mounted', by: device.devicePath };
    if (isBelow(path, devicePath)) return { kind: 'read-only', by: device.devicePath };
  }
  let nearest: PlacedMount | undefined;
  for (const placed of mountsInOrder(container)) {
    if (placed.at === path) return { kind: 'mounted', by: placed.mount.mountPath };
    // the last one lies below the earlier ones, or hides them
    if (isBelow(path, placed.at)) nearest = placed;
  }
  if (!nearest) return { kind: 'free' };
  const { mount } = nearest;
  const volume = volumes.find((candidate) => candidate.name === mount.name);
  const access = mount.readOnly === true ? 'read-only' : accessTo(volume);
  return access === 'content' ? { kind: 'free' } : { kind: access, by: mount.mountPath };
}

interface PlacedMount {
  mount: VolumeMount;
  /** The place, after links. */
  at: string;
}

/**
 * Mounts in the order in which a runtime makes them: of the number of path components as written, before links are followed
 * (containerd pkg/cri/util/sort.go, orderedMounts). A mount at /var comes before those below and hides the image's links in it.
 */
function mountsInOrder(container: Container): PlacedMount[] {
  const mounts = container.volumeMounts?.toSorted((a, b) => depth(a.mountPath) - depth(b.mountPath)) ?? [];
  const place = mounts.some(({ mountPath }) => cleanPath(mountPath) === '/var') ? cleanPath : canonicalPath;
  return mounts.map((mount) => ({ mount, at: place(mount.mountPath) }));
}

/** `content`: files from the API server, which the container cannot change, but a mount below them works (measured, semantics). */
type Access = 'writable' | 'read-only' | 'content';

const contentSources = ['configMap', 'secret', 'downwardAPI', 'projected'];

function accessTo(volume: Volume | undefined): Access {
  if (!volume) return 'writable';
  if (contentSources.some((source) => volume[source])) return 'content';
  if (volume['image']) return 'read-only'; // https://kubernetes.io/docs/concepts/storage/volumes/#image: always read-only
  // persistentVolumeClaim, csi, nfs and others say it in their source
  return Object.values(volume).some(isReadOnlySource) ? 'read-only' : 'writable';
}

function isReadOnlySource(source: unknown): boolean {
  return typeof source === 'object' && source !== null && 'readOnly' in source && source.readOnly === true;
}

/**
 * Spells the path of a new mount: as the profile does, or without links where the written form would not work:
 * - A mount at /var hides the image's link /var/run; the new one would end up inside that volume, or fail if it is read-only.
 * - A mount at /var/run would hide one at /run/secrets, see `mountsInOrder`.
 *
 * @param path as the profile writes it
 * @returns the path cleaned, or canonical
 */
export function spellMountPath(container: Container, path: string): string {
  const written = cleanPath(path);
  const canonical = canonicalPath(path);
  const needsCanonical = container.volumeMounts?.some(({ mountPath }) => {
    const at = canonicalPath(mountPath);
    const hidesLink = isBelow(written, cleanPath(mountPath)) && !isBelow(canonical, at);
    const isHidden = isBelow(at, canonical) && depth(mountPath) <= depth(written);
    return hidesLink || isHidden;
  });
  return needsCanonical ? canonical : written;
}

function depth(path: string): number {
  return cleanPath(path).split('/').length;
}
