/**
 * What a container sees of its mounts, worked out as a runtime does it: mounts are made in the order of the number of path components
 * as written (containerd pkg/cri/util/sort.go), links of the image are followed, and what is mounted later hides what is at or below the
 * place. Deliberately not the path algebra of src/harden/mounts.ts, which it checks.
 */
import { posix } from 'node:path';
import type { Container, VolumeMount } from '../../src/harden/pod.ts';

export interface VisibleMount {
  /** The place, after links. */
  at: string;
  mount: VolumeMount;
}

export function visibleMounts(container: Container): VisibleMount[] {
  const ordered = (container.volumeMounts ?? []).toSorted((a, b) => components(a.mountPath) - components(b.mountPath));
  let visible: VisibleMount[] = [];
  for (const mount of ordered) {
    const at = resolvePlace(mount.mountPath, visible);
    visible = visible.filter((earlier) => !isAtOrBelow(earlier.at, at));
    visible.push({ at, mount });
  }
  return visible;
}

/** Follows /var/run and /var/lock as Linux images have them, unless a mount took the folder that holds the links, or all. */
export function resolvePlace(path: string, visible: readonly VisibleMount[]): string {
  const place = normalize(path);
  if (visible.some(({ at }) => at === '/var' || at === '/')) return place;
  return place.replace(/^\/var\/run(?=\/|$)/, '/run').replace(/^\/var\/lock(?=\/|$)/, '/run/lock');
}

/** The mount that a path lies on; undefined when it lies on the image. */
export function mountOf(place: string, visible: readonly VisibleMount[]): VisibleMount | undefined {
  return visible.filter(({ at }) => isAtOrBelow(place, at)).toSorted((a, b) => b.at.length - a.at.length)[0];
}

export function isAtOrBelow(place: string, above: string): boolean {
  return above === '/' || place === above || place.startsWith(`${above}/`);
}

/** Of the root as many as of `/run`: containerd counts separators. */
function components(path: string): number {
  return normalize(path).split('/').length;
}

function normalize(path: string): string {
  return posix.resolve('/', path);
}
