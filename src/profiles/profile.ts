/** An `ImageProfile`: what one image must write. The schema of the files under `profiles/`. */
import { z } from 'zod';
import { canonicalPath, isBelow } from '../harden/mounts.ts';
import { quantityPattern } from '../policy/quantity.ts';
import { isVersionRange } from './version.ts';

/** Mounting over one of these hides the programs or the kernel's own file systems, and the container cannot start. */
const forbidden = /^\/(proc|sys|dev|etc|usr|bin|sbin|lib[^/]*|boot)?$/;
/** Runtimes refuse mounts below these: https://github.com/opencontainers/runc/blob/main/libcontainer/rootfs_linux.go, checkProcMount */
const kernel = /^\/(proc|sys)\//;

const path = z
  .string()
  .regex(/^\/(?!.*(^|\/)\.\.(\/|$))[^:\p{Cc}]*$/u, 'must be an absolute path without "..", ":" and control characters')
  .refine((value) => !forbidden.test(canonicalPath(value)), {
    error: (issue) => `"${issue.input}" would hide the system itself; name the folder below it that the image writes`,
  })
  .refine((value) => !kernel.test(canonicalPath(value)), {
    error: (issue) => `"${issue.input}" belongs to the kernel; no volume can be mounted there`,
  });

const text = z.string().trim().min(1, 'must not be empty');
const sources = z.array(text).min(1, 'needs at least one source: a page, a Dockerfile, an issue');

const writablePath = z.strictObject({
  /** Where the image writes. */
  path,
  /** What it writes there. */
  purpose: text,
  /** `scratch` (the default) may be lost with the pod; `data` should be on a volume that the pod itself mounts. */
  kind: z.enum(['scratch', 'data']).optional(),
  /**
   * `empty` (the default): an empty folder will do. `copy`: the image has files there that it needs, and they are copied into the volume
   * before it starts.
   */
  content: z.enum(['empty', 'copy']).optional(),
  /** The emptyDir's size limit, a quantity of bytes; the policy's default without it. */
  sizeLimit: z.string().regex(quantityPattern, 'must be a quantity such as 64Mi or 1Gi').optional(),
  /** `Memory` makes it a tmpfs, which counts towards the container's memory. */
  medium: z.enum(['Memory']).optional(),
  /** What shows that the image writes here. */
  sources: sources.optional(),
});

/** `docker.io/library/nginx`, or a pattern: `docker.io/bitnami/*`. */
const image = z
  .string()
  .regex(
    /^[a-z0-9.*-]+(:\d+)?(\/[a-z0-9._*{},-]+)+$/,
    'must be a full repository, such as docker.io/library/nginx, without tag and digest',
  );

export const imageProfileSchema = z.strictObject({
  apiVersion: z.literal('permafrost.dev/v1alpha1'),
  kind: z.literal('ImageProfile'),
  metadata: z.looseObject({ name: z.string().regex(/^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/, 'must be a DNS subdomain') }),
  spec: z.strictObject({
    /** Repositories, or patterns (`*` within a path component, `**` across them). */
    images: z.array(image).min(1),
    /** The profile holds only for tags whose version lies in this range (semver: `>=1.27.5`, `<18`). */
    versions: z.string().refine(isVersionRange, 'must be a semver range such as ">=1.27.5" or "<18"').optional(),
    /** The profile holds only for tags that match one of these patterns: `*-apache*`. */
    tags: z.array(text).min(1).optional(),
    /** The profile holds only for these digests. */
    digests: z
      .array(z.string().regex(/^[a-z0-9]+(?:[+._-][a-z0-9]+)*:[0-9a-f]{32,}$/, 'must be a digest such as sha256:…'))
      .min(1)
      .optional(),
    writablePaths: z.array(writablePath).superRefine(refuseHiddenContent).optional(),
    /** The image has neither `sh` nor `cp`, so that its content can only be copied from outside. */
    noShell: z.boolean().optional(),
    /** Why the image cannot live without `privileged` or SYS_ADMIN. */
    needsPrivilege: text.optional(),
    /** Why the image cannot run with a read-only root, whatever is mounted. */
    cannotRunReadOnly: text.optional(),
    /** What a user of this image should know. */
    notes: text.optional(),
    sources,
  }),
});

/** Of two nested paths only the upper gets a volume; if that one starts empty, the content of the lower would be missing. */
function refuseHiddenContent(paths: WritablePath[], context: z.RefinementCtx): void {
  for (const [index, { path, content }] of paths.entries()) {
    if (content !== 'copy') continue;
    const above = paths.find(
      (other) => other.content !== 'copy' && isBelow(canonicalPath(path), canonicalPath(other.path)),
    );
    if (above) {
      const message = `the volume on ${above.path} would hide the content of ${path}: give ${above.path} content: copy too`;
      context.addIssue({ code: 'custom', path: [index, 'content'], message });
    }
  }
}

export type ImageProfile = z.infer<typeof imageProfileSchema>;
export type WritablePath = z.infer<typeof writablePath>;
