import { minQuantity } from '../../policy/quantity.ts';
import type { WritablePath } from '../../profiles/profile.ts';
import { mapContainers } from '../containers.ts';
import {
  type Copy,
  type CopyMethod,
  chooseCopyMethod,
  copiedFolder,
  copyContainer,
  isCopyContainer,
} from '../content-copy.ts';
import type { Finding, Severity } from '../finding.ts';
import { missingPaths } from '../missing-paths.ts';
import { spellMountPath } from '../mounts.ts';
import { createNames, type Names } from '../names.ts';
import type { Container, Volume } from '../pod.ts';
import type { Rule, RuleContext } from '../rule.ts';

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
    const names = createNames(pod);
    const volumes: Volume[] = [];
    const copiers: Container[] = [];

    const next = mapContainers(pod, context, (container, field, kind) => {
      if (kind === 'initContainers' && isCopyContainer(container)) return container;
      // a root that stays writable, by an exemption or by the policy for unknown images, needs nothing
      if (container.securityContext?.readOnlyRootFilesystem !== true) return container;
      const profile = context.profileOf(container);
      if (!profile && context.policy.unknownImages === 'skip') return container;
      const say = (severity: Severity, message: string, changed = false) =>
        findings.push({ rule: 'writable-paths', severity, changed, container: container.name, field, message });

      const wanted = profile ? (profile.spec.writablePaths ?? []) : unknownImagePaths;
      const { missing, blocked } = missingPaths(container, present, wanted);
      for (const { path, by } of blocked) {
        say('danger', `${path} stays read-only: it lies below ${by}, which is mounted read-only; mount a volume there`);
      }
      if (!profile) {
        const image = container.image ?? '(none given)';
        say('warning', `no profile for image ${image}: only /tmp is writable; other paths that it writes will fail`);
      }
      if (missing.length === 0) return container;
      if (!context.mayAddVolumes) {
        say('warning', `${listPaths(missing)} read-only: a running pod can get no new volume`);
        return container;
      }

      const method = chooseCopyMethod(kind, profile, context);
      if (method.kind === 'none') {
        for (const { path } of missing.filter(needsCopy)) say('danger', `${path} stays read-only: ${method.reason}`);
      }
      const possible = method.kind === 'none' ? missing.filter((entry) => !needsCopy(entry)) : missing;
      if (possible.length === 0) return container;

      for (const { path } of possible.filter(({ kind }) => kind === 'data')) {
        say('warning', `data in ${path} goes with the pod: mount a PersistentVolumeClaim there to keep it`);
      }
      const copied = possible.filter(needsCopy);
      const suffix = copied.length > 0 ? `; the image's content is copied to ${listPaths(copied)} first` : '';
      say('notice', `emptyDir on ${listPaths(possible)}${suffix}`, true);

      const equipped = equip(container, possible, method, names, context);
      volumes.push(...equipped.volumes);
      copiers.push(...equipped.copiers);
      return equipped.container;
    });

    if (volumes.length === 0) return { pod: next, findings };
    const spec = { ...next.spec, volumes: [...present, ...volumes] };
    // before all others: an init container or a sidecar may need its content too
    if (copiers.length > 0) spec.initContainers = [...copiers, ...(next.spec.initContainers ?? [])];
    return { pod: { ...next, spec }, findings };
  },
};

/** Gives a container its volumes and mounts, and the init container that fills them where that is needed. */
function equip(
  container: Container,
  paths: readonly WritablePath[],
  method: CopyMethod,
  names: Names,
  context: RuleContext,
): { container: Container; volumes: Volume[]; copiers: Container[] } {
  const volumes: Volume[] = [];
  const volumeMounts = [...(container.volumeMounts ?? [])];
  const copies: Copy[] = [];
  for (const entry of paths) {
    const name = names.volume(container.name, entry.path);
    const mount = { name, mountPath: spellMountPath(container, entry.path) };
    volumes.push({ name, emptyDir: emptyDir(entry, context) });
    volumeMounts.push(needsCopy(entry) ? { ...mount, subPath: copiedFolder } : mount);
    if (needsCopy(entry)) copies.push({ path: entry.path, volume: name });
  }
  const equipped = { ...container, volumeMounts };
  if (copies.length === 0 || method.kind === 'none') return { container: equipped, volumes, copiers: [] };

  const imageVolume = method.kind === 'image-volume' ? names.volume(container.name, '/image') : '';
  if (method.kind === 'image-volume') {
    const pullPolicy = container['imagePullPolicy'];
    volumes.push({ name: imageVolume, image: { reference: container.image, ...(pullPolicy ? { pullPolicy } : {}) } });
  }
  const name = names.container('copy', container.name);
  return { container: equipped, volumes, copiers: [copyContainer(container, { name, copies, method, imageVolume })] };
}

function needsCopy(entry: WritablePath): boolean {
  return entry.content === 'copy';
}

function listPaths(entries: readonly WritablePath[]): string {
  return entries.map(({ path }) => path).join(', ');
}

/** A volume without a limit can fill the node: https://github.com/kubernetes/kubernetes/issues/119627 */
function emptyDir(entry: WritablePath, context: RuleContext): Record<string, string> {
  const { defaultSizeLimit, maxSizeLimit } = context.policy.volumes;
  const wanted = entry.sizeLimit ?? defaultSizeLimit;
  const sizeLimit = maxSizeLimit === undefined ? wanted : minQuantity(wanted, maxSizeLimit);
  return { ...(entry.medium && { medium: entry.medium }), sizeLimit };
}
