import type { WritablePath } from '../profiles/profile.ts';
import { canonicalPath, viewMounts } from './mounts.ts';
import type { Container, Volume } from './pod.ts';

export interface MissingPaths {
  /** The paths that need a volume, in the order in which they were wanted. */
  missing: WritablePath[];
  /** The paths below a read-only mount, where no volume can be mounted, and the mount. */
  blocked: { path: string; by: string }[];
}

/** Of the paths that a container must write, those that are not writable yet: each place once, and none below another one. */
export function missingPaths(
  container: Container,
  volumes: readonly Volume[],
  wanted: readonly WritablePath[],
): MissingPaths {
  const missing: WritablePath[] = [];
  const blocked: MissingPaths['blocked'] = [];
  const view = viewMounts(container, volumes);
  for (const entry of upperFirst(wanted)) {
    const path = canonicalPath(entry.path);
    const cover = view.cover(path);
    if (cover.kind === 'read-only') blocked.push({ path: entry.path, by: cover.by });
    if (cover.kind !== 'free') continue;
    missing.push(entry);
    view.add(path);
  }
  return { missing: missing.length > 1 ? wanted.filter((entry) => missing.includes(entry)) : missing, blocked };
}

/** What lies above comes first; a path below it is then found covered. Of a profile, which is never changed, it is the same each time. */
function upperFirst(wanted: readonly WritablePath[]): readonly WritablePath[] {
  let sorted = sortedPaths.get(wanted);
  if (!sorted) {
    sorted = wanted.toSorted((a, b) => canonicalPath(a.path).length - canonicalPath(b.path).length);
    sortedPaths.set(wanted, sorted);
  }
  return sorted;
}

const sortedPaths = new WeakMap<readonly WritablePath[], readonly WritablePath[]>();
