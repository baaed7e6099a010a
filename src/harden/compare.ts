/** Compares what a pod that runs read-only mounts itself with what hardening would have mounted: how good the profiles are. */
import { allContainers } from './containers.ts';
import { type HardenOptions, type HardenSettings, harden } from './harden.ts';
import { canonicalPath, isBelow } from './mounts.ts';
import type { Container, Pod } from './pod.ts';

/** Of one image, over all its containers. Paths are canonical and sorted. */
export interface ImageComparison {
  image: string;
  /** The name of its profile; null without one. */
  profile: string | null;
  containers: number;
  /** Where the pods mount an emptyDir. */
  wanted: string[];
  /** Which of these hardening leaves read-only. */
  missing: string[];
  /** Where hardening mounts one and the pods do not. */
  extra: string[];
}

export interface ComparisonTotal {
  images: number;
  containers: number;
  withoutProfile: number;
  wanted: number;
  found: number;
  /** Null when nothing is wanted. */
  recall: number | null;
  extra: number;
}

/**
 * Takes `readOnlyRootFilesystem: true` and the emptyDirs from each container that has both, hardens, and compares.
 *
 * @param images gets the results, by image; what is there from other pods is added to
 */
export function compareContainers(
  pod: Pod,
  settings: HardenSettings,
  options: HardenOptions,
  images: Map<string, ImageComparison>,
): void {
  const emptyDirs = new Set(pod.spec.volumes?.filter((volume) => volume['emptyDir']).map(({ name }) => name));
  const isReadOnly = (container: Container) => container.securityContext?.readOnlyRootFilesystem === true;
  const stripped = withContainers(pod, (container) =>
    isReadOnly(container) ? strip(container, emptyDirs) : container,
  );
  const { pod: hardened, profiles } = harden(stripped, settings, options);
  const byName = new Map(allContainers(hardened).map((container) => [container.name, container]));
  const before = new Map(allContainers(stripped).map((container) => [container.name, container]));
  for (const container of allContainers(pod).filter(isReadOnly)) {
    const wanted = mountPaths(container, emptyDirs);
    const own = new Set(before.get(container.name)?.volumeMounts?.map(({ mountPath }) => mountPath));
    const got = (byName.get(container.name)?.volumeMounts ?? [])
      .filter(({ mountPath }) => !own.has(mountPath))
      .map(({ mountPath }) => canonicalPath(mountPath));
    add(images, container, profiles.get(container.name), {
      wanted,
      // a volume above makes the path writable, too
      missing: wanted.filter((path) => !got.some((other) => other === path || isBelow(path, other))),
      extra: got.filter(
        (path) => !wanted.some((other) => other === path || isBelow(other, path) || isBelow(path, other)),
      ),
    });
  }
}

export function summarize(results: readonly ImageComparison[]): ComparisonTotal {
  const sum = (count: (result: ImageComparison) => number) =>
    results.reduce((total, result) => total + count(result), 0);
  const wanted = sum((result) => result.wanted.length);
  const found = wanted - sum((result) => result.missing.length);
  return {
    images: results.length,
    containers: sum(({ containers }) => containers),
    withoutProfile: sum(({ profile }) => Number(profile === null)),
    wanted,
    found,
    recall: wanted === 0 ? null : found / wanted,
    extra: sum(({ extra }) => extra.length),
  };
}

function strip(container: Container, emptyDirs: ReadonlySet<string>): Container {
  const { readOnlyRootFilesystem: _, ...securityContext } = container.securityContext ?? {};
  return {
    ...container,
    securityContext,
    volumeMounts: container.volumeMounts?.filter((mount) => !isEmptyDir(mount, emptyDirs)),
  };
}

function mountPaths(container: Container, emptyDirs: ReadonlySet<string>): string[] {
  const mounts = container.volumeMounts?.filter((mount) => isEmptyDir(mount, emptyDirs)) ?? [];
  return [...new Set(mounts.map(({ mountPath }) => canonicalPath(mountPath)))];
}

/** One that the container can write: what it only reads is for somebody else to fill. */
function isEmptyDir(mount: { name: string; readOnly?: boolean | null | undefined }, emptyDirs: ReadonlySet<string>) {
  return emptyDirs.has(mount.name) && mount.readOnly !== true;
}

function withContainers(pod: Pod, change: (container: Container) => Container): Pod {
  const { initContainers, containers } = pod.spec;
  return {
    ...pod,
    spec: {
      ...pod.spec,
      ...(initContainers && { initContainers: initContainers.map(change) }),
      ...(containers && { containers: containers.map(change) }),
    },
  };
}

function add(
  images: Map<string, ImageComparison>,
  { image }: Container,
  profile: string | undefined,
  found: Pick<ImageComparison, 'wanted' | 'missing' | 'extra'>,
): void {
  const key = image ?? '(none)';
  const known = images.get(key);
  const union = (a: readonly string[] = [], b: readonly string[] = []) => [...new Set([...a, ...b])].toSorted();
  const wanted = union(known?.wanted, found.wanted);
  images.set(key, {
    image: key,
    profile: profile ?? null,
    containers: (known?.containers ?? 0) + 1,
    wanted,
    missing: union(known?.missing, found.missing),
    // what one container has a volume for is no surprise in another
    extra: union(known?.extra, found.extra).filter((path) => !wanted.includes(path)),
  });
}
