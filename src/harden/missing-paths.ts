import type { WritablePath } from '../profiles/profile.ts';
import { canonicalPath, findCover } from './mounts.ts';
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
  const missing = new Set<WritablePath>();
  const blocked: MissingPaths['blocked'] = [];
  let view = container;
  // what lies above comes first; a path below it is then found covered
  for (const entry of wanted.toSorted((a, b) => canonicalPath(a.path).length - canonicalPath(b.path).length)) {
    const path = canonicalPath(entry.path);
    const cover = findCover(view, volumes, path);
    if (cover.kind === 'read-only') blocked.push({ path: entry.path, by: cover.by });
    if (cover.kind !== 'free') continue;
    missing.add(entry);
    view = { ...view, volumeMounts: [...(view.volumeMounts ?? []), { name: '', mountPath: path }] };
  }
  return { missing: wanted.filter((entry) => missing.has(entry)), blocked };
}
