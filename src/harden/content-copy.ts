/**
 * The init container that fills volumes with what the image has at their paths, before the application starts.
 *
 * It copies into a folder of the volume, which the application then mounts by `subPath`: the volume's own root belongs to root with mode
 * 0777, and a process that is not root cannot give it the owner and mode that the image's folder has. https://github.com/opencontainers/runc/issues/845
 */
import type { ImageProfile } from '../profiles/profile.ts';
import type { Container, SecurityContext, VolumeMount } from './pod.ts';
import type { ContainerKind, RuleContext } from './rule.ts';

/** The folder of a volume that holds the copy, and that the application mounts. */
export const copiedFolder = 'content';

const mountRoot = '/permafrost';
const imageMount = `${mountRoot}/image`;

/**
 * ServiceAccount admission runs again after a webhook added a container, and mounts a token into every one that mounts nothing here:
 * https://kubernetes.io/docs/reference/access-authn-authz/service-accounts-admin/#serviceaccount-admission-controller
 */
const tokenPath = '/var/run/secrets/kubernetes.io/serviceaccount';

/**
 * Arguments: pairs of a path in the image and the volume that gets its content. A pod's init containers may run again, so what is
 * there stays; a copy that was cut off is made anew. What cannot be read or owned as this user is said and left out: the application,
 * which runs as the same user, could not use it either. `-H` follows a link at the path itself, and no other.
 */
const script = `while [ $# -gt 1 ]; do
  if [ ! -e "$2/${copiedFolder}" ]; then
    rm -rf "$2/partial"
    if [ -d "$1" ]; then cp -aH "$1" "$2/partial" || echo "permafrost: not all of $1 could be copied" >&2; fi
    [ -d "$2/partial" ] || mkdir "$2/partial"
    mv "$2/partial" "$2/${copiedFolder}"
  fi
  shift 2
done`;

/** How content is copied: by the image's own shell, or by Permafrost's image out of the image mounted as a volume. */
export type CopyMethod = { kind: 'shell' } | { kind: 'image-volume'; image: string } | { kind: 'none'; reason: string };

/** Chooses how the content of a container's image is copied. */
export function chooseCopyMethod(
  kind: ContainerKind,
  profile: ImageProfile | undefined,
  { policy }: Pick<RuleContext, 'policy'>,
): CopyMethod {
  if (kind === 'ephemeralContainers') {
    return { kind: 'none', reason: 'an ephemeral container can have no init container' };
  }
  if (!profile?.spec.noShell) return { kind: 'shell' };
  const { withoutShell, image } = policy.contentCopy;
  if (withoutShell === 'image-volume' && image !== undefined) return { kind: 'image-volume', image };
  const remedy = 'mount a filled volume there, or set contentCopy.withoutShell in the policy';
  return { kind: 'none', reason: `its content must be copied, and the image has no shell; ${remedy}` };
}

export interface Copy {
  /** The path in the image. */
  path: string;
  /** The name of the volume that gets its content. */
  volume: string;
}

export interface CopyContainerOptions {
  name: string;
  copies: readonly Copy[];
  method: Exclude<CopyMethod, { kind: 'none' }>;
  /** The name of the volume that is the image; only looked at with the method `image-volume`. */
  imageVolume: string;
}

/**
 * Makes the init container for all paths of one container.
 *
 * It asks for the same resources as the container: as it runs before, the pod's effective requests stay, and what a LimitRange or a
 * ResourceQuota accepts there it accepts here. https://kubernetes.io/docs/concepts/workloads/pods/init-containers/#resource-sharing-within-containers
 *
 * @param container already hardened; the copy runs as the same user
 */
export function copyContainer(
  container: Container,
  { name, copies, method, imageVolume }: CopyContainerOptions,
): Container {
  const source = method.kind === 'shell' ? '' : imageMount;
  const pairs = copies.flatMap(({ path }, index) => [source + path, `${mountRoot}/${index}`]);
  const mounts: VolumeMount[] = copies.map(({ volume }, index) => ({
    name: volume,
    mountPath: `${mountRoot}/${index}`,
  }));
  const [first] = mounts;
  // an empty folder: a copy needs no token, and one of /run must not copy it
  if (first) mounts.push({ name: first.name, mountPath: tokenPath, subPath: 'no-token', readOnly: true });
  const shared = {
    ...copyFields(container, ['resources'], withoutClaims),
    securityContext: { ...withoutAddedCapabilities(container.securityContext ?? {}), readOnlyRootFilesystem: true },
  };
  if (method.kind === 'shell') {
    return {
      name,
      image: container.image,
      ...copyFields(container, ['imagePullPolicy']),
      command: ['sh', '-c', script, 'permafrost', ...pairs],
      ...shared,
      volumeMounts: mounts,
    };
  }
  return {
    name,
    image: method.image,
    args: ['copy-content', ...pairs],
    ...shared,
    volumeMounts: [...mounts, { name: imageVolume, mountPath: imageMount, readOnly: true }],
  };
}

/** Whether an init container is one of ours, which needs no volumes of its own. Every other rule holds for it all the same. */
export function isCopyContainer(container: Container): boolean {
  return (
    container.name.startsWith('permafrost-copy-') &&
    (container.volumeMounts ?? []).some(({ mountPath }) => mountPath.startsWith(`${mountRoot}/`))
  );
}

function copyFields(
  container: Container,
  fields: readonly string[],
  change: (value: unknown) => unknown = (value) => value,
): Record<string, unknown> {
  const present = fields.filter((field) => container[field] !== undefined && container[field] !== null);
  return Object.fromEntries(present.map((field) => [field, change(container[field])]));
}

/** A copy needs none of the devices that the application claims. */
function withoutClaims(resources: unknown): unknown {
  const { claims: _, ...others } = resources as Record<string, unknown>;
  return others;
}

/** What the application adds (to bind a port, say) the copy does not need. */
function withoutAddedCapabilities(context: SecurityContext): SecurityContext {
  if (!context.capabilities?.add) return context;
  const { add: _, ...capabilities } = context.capabilities;
  return { ...context, capabilities };
}
