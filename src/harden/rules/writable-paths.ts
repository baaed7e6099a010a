import { minQuantity } from '../../policy/quantity.ts';
import type { WritablePath } from '../../profiles/profile.ts';
import { allContainers, mapContainers } from '../containers.ts';
import type { Finding } from '../finding.ts';
import { canonicalPath, findCover, spellMountPath } from '../mounts.ts';
import type { Container, Pod, Volume } from '../pod.ts';
import type { Rule, RuleContext } from '../rule.ts';
import { volumeName } from '../volume-name.ts';

/** What an image without a profile gets: most programs that write anything outside their data write to /tmp. */
const unknownImagePaths: WritablePath[] = [{ path: '/tmp', purpose: 'temporary files' }];

/**
 * Gives each container an emptyDir on every path that its image must write and that is not writable yet: one volume per container and
 * path, so that two containers of one image do not share pid files. https://kubernetes.io/docs/concepts/storage/volumes/#emptydir
 */
export const writablePaths: Rule = {
  id: 'writable-paths',
  apply(pod, context) {
    const findings: Finding[] = [];
    const present = pod.spec.volumes ?? [];
    const added: Volume[] = [];
    let taken: Set<string> | undefined;

    const next = mapContainers(pod, context, (container, field) => {
      const profile = context.profileOf(container);
      const base = { rule: 'writable-paths', container: container.name, field } as const;
      if (!profile && context.policy.unknownImages === 'skip') return container;

      const wanted = profile ? (profile.spec.writablePaths ?? []) : unknownImagePaths;
      const missing = missingPaths(container, present, wanted, (path, by) => {
        const message = `${path} stays read-only: it lies below ${by}, which is mounted read-only; mount a volume there`;
        findings.push({ ...base, severity: 'danger', changed: false, message });
      });
      if (!profile) {
        const message = `no profile for image ${container.image ?? '(none given)'}: only /tmp is writable; other paths that it writes will fail`;
        findings.push({ ...base, severity: 'warning', changed: false, message });
      }
      if (missing.length === 0) return container;
      if (!context.mayAddVolumes) {
        const message = `${missing.map((entry) => entry.path).join(', ')} read-only: a running pod can get no new volume`;
        findings.push({ ...base, severity: 'warning', changed: false, message });
        return container;
      }

      const mounts = [...(container.volumeMounts ?? [])];
      for (const entry of missing) {
        taken ??= volumeNames(pod);
        const name = volumeName(container.name, entry.path, taken);
        taken.add(name);
        added.push({ name, emptyDir: emptyDir(entry, context) });
        mounts.push({ name, mountPath: spellMountPath(container, entry.path) });
        if (entry.kind === 'data') {
          const message = `data in ${entry.path} goes with the pod: mount a PersistentVolumeClaim there to keep it`;
          findings.push({ ...base, severity: 'warning', changed: false, message });
        }
      }
      const message = `emptyDir on ${missing.map((entry) => entry.path).join(', ')}`;
      findings.push({ ...base, severity: 'notice', changed: true, message });
      return { ...container, volumeMounts: mounts };
    });

    if (added.length === 0) return { pod: next, findings };
    return { pod: { ...next, spec: { ...next.spec, volumes: [...present, ...added] } }, findings };
  },
};

/** The wanted paths that are free, each place once, and none below another one of them. */
function missingPaths(
  container: Container,
  volumes: readonly Volume[],
  wanted: readonly WritablePath[],
  blocked: (path: string, by: string) => void,
): WritablePath[] {
  // what lies above comes first; a path below it is then found covered
  const ordered = wanted.toSorted((a, b) => canonicalPath(a.path).length - canonicalPath(b.path).length);
  const missing: WritablePath[] = [];
  let view = container;
  for (const entry of ordered) {
    const path = canonicalPath(entry.path);
    const cover = findCover(view, volumes, path);
    if (cover.kind === 'read-only') blocked(entry.path, cover.by);
    if (cover.kind !== 'free') continue;
    missing.push(entry);
    view = { ...view, volumeMounts: [...(view.volumeMounts ?? []), { name: '', mountPath: path }] };
  }
  return wanted.filter((entry) => missing.includes(entry));
}

/** All names that stand for a volume, also those of mounts whose volume is missing: a new volume must not become theirs. */
function volumeNames(pod: Pod): Set<string> {
  const names = new Set(pod.spec.volumes?.map((volume) => volume.name));
  for (const container of allContainers(pod)) for (const mount of container.volumeMounts ?? []) names.add(mount.name);
  return names;
}

/** A volume without a limit can fill the node: https://github.com/kubernetes/kubernetes/issues/119627 */
function emptyDir(entry: WritablePath, context: RuleContext): Record<string, string> {
  const { defaultSizeLimit, maxSizeLimit } = context.policy.volumes;
  const wanted = entry.sizeLimit ?? defaultSizeLimit;
  const sizeLimit = maxSizeLimit === undefined ? wanted : minQuantity(wanted, maxSizeLimit);
  return { ...(entry.medium && { medium: entry.medium }), sizeLimit };
}
