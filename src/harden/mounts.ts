/** Path algebra: where a container can already write, and how a new mount is spelled so that nothing hides anything. */
import { remember } from '../remember.ts';
import type { Container, Volume, VolumeMount } from './pod.ts';

/** Symbolic links on Linux images: https://refspecs.linuxfoundation.org/FHS_3.0/fhs/ch05s13.html, ch05s09.html */
const links: [from: string, to: string][] = [
  ['/var/run', '/run'],
  ['/var/lock', '/run/lock'],
];

/** What is known of a path as it is written. */
interface Place {
  cleaned: string;
  canonical: string;
  /** How many slashes it has, cleaned and before links are followed; the root has one, as `/a` has. */
  depth: number;
}

const placeOf = remember(10_000, (path): Place => {
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  const cleaned = `/${parts.join('/')}`;
  const link = links.find(([from]) => cleaned === from || cleaned.startsWith(`${from}/`));
  const canonical = link ? link[1] + cleaned.slice(link[0].length) : cleaned;
  return { cleaned, canonical, depth: Math.max(1, parts.length) };
});

/**
 * Cleans a path as the kubelet and the runtime do: absolute, without `.`, `..`, double and trailing slashes.
 *
 * @returns `/var/run` for `var//run/`; `/` for the root
 */
export function cleanPath(path: string): string {
  return placeOf(path).cleaned;
}

/** The place that a path stands for: cleaned, and with `/var/run` and `/var/lock` resolved. Two paths are one place if this is equal. */
export function canonicalPath(path: string): string {
  return placeOf(path).canonical;
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

/** What a container mounts, and what is to be mounted. */
export interface MountView {
  /** Finds what covers a path, which is canonical. */
  cover(path: string): Cover;
  /** From now on there is a writable volume at a path, which is canonical. */
  add(path: string): void;
}

/**
 * Looks at what a container mounts.
 *
 * @param volumes the pod's volumes, which say whether a mount can be written to
 */
export function viewMounts({ volumeMounts, volumeDevices }: Container, volumes: readonly Volume[]): MountView {
  let mounts = volumeMounts ?? [];
  let inOrder: PlacedMount[] | undefined;
  return {
    cover(path) {
      for (const device of volumeDevices ?? []) {
        const devicePath = canonicalPath(device.devicePath);
        if (devicePath === path) return { kind: 'mounted', by: device.devicePath };
        if (isBelow(path, devicePath)) return { kind: 'read-only', by: device.devicePath };
      }
      inOrder ??= placeInOrder(mounts);
      let nearest: VolumeMount | undefined;
      for (const { at, mount } of inOrder) {
        if (at === path) return { kind: 'mounted', by: mount.mountPath };
        // the last one lies below the earlier ones, or hides them
        if (isBelow(path, at)) nearest = mount;
      }
      if (!nearest) return free;
      const { name, mountPath, readOnly } = nearest;
      const access = readOnly === true ? 'read-only' : accessTo(volumes.find((volume) => volume.name === name));
      return access === 'content' ? free : { kind: access, by: mountPath };
    },
    add(path) {
      const mount = { name: '', mountPath: path };
      mounts = [...mounts, mount];
      // one that hides links changes the places of others
      if (holdsLinks(path)) inOrder = undefined;
      else if (inOrder) insertInOrder(inOrder, mount);
    },
  };
}

const free: Cover = { kind: 'free' };

/** Whether the links of the image lie in a folder, so that a mount there hides them. */
function holdsLinks(cleaned: string): boolean {
  return cleaned === '/var' || cleaned === '/';
}

interface PlacedMount {
  mount: VolumeMount;
  /** The place, after links. */
  at: string;
  depth: number;
}

/**
 * Mounts in the order in which a runtime makes them: of the number of path components as written, before links are followed
 * (containerd pkg/cri/util/sort.go, orderedMounts). A mount at /var or at / comes before those below and hides the image's links.
 */
function placeInOrder(mounts: readonly VolumeMount[]): PlacedMount[] {
  const areLinksHidden = mounts.some(({ mountPath }) => holdsLinks(cleanPath(mountPath)));
  const placed = mounts.map((mount) => {
    const { cleaned, canonical, depth } = placeOf(mount.mountPath);
    return { mount, at: areLinksHidden ? cleaned : canonical, depth };
  });
  return placed.length > 1 ? placed.sort((a, b) => a.depth - b.depth) : placed;
}

/** Places a mount that hides no links: behind those of its depth, as sorting does. Its path is canonical. */
function insertInOrder(placed: PlacedMount[], mount: VolumeMount): void {
  const { canonical, depth } = placeOf(mount.mountPath);
  let index = placed.length;
  while (index > 0 && (placed[index - 1]?.depth ?? 0) > depth) index--;
  placed.splice(index, 0, { mount, at: canonical, depth });
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
 * - A mount at /var or / hides the image's link /var/run; the new one would end up inside that volume, or fail if it is read-only.
 * - A mount at /var/run would hide one at /run/secrets, see `placeInOrder`.
 *
 * @param path as the profile writes it
 * @returns the path cleaned, or canonical
 */
export function spellMountPath(container: Container, path: string): string {
  const written = cleanPath(path);
  const canonical = canonicalPath(path);
  const needsCanonical = container.volumeMounts?.some(({ mountPath }) => {
    const at = canonicalPath(mountPath);
    const hidesLink = written !== canonical && holdsLinks(cleanPath(mountPath));
    const isHidden = isBelow(at, canonical) && placeOf(mountPath).depth <= placeOf(written).depth;
    return hidesLink || isHidden;
  });
  return needsCanonical ? canonical : written;
}
