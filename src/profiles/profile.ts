/** An `ImageProfile`: what one image must write. The schema of the files under `profiles/`. */
import * as z from 'zod';
import { canonicalPath, isBelow } from '../harden/mounts.ts';
import { quantityPattern } from '../policy/quantity.ts';
import { isVersionRange } from './version.ts';

/** Mounting over one of these hides the programs or the kernel's own file systems, and the container cannot start. */
const forbidden = /^\/(proc|sys|dev|etc|usr|bin|sbin|lib[^/]*|boot)?$/;
/** Runtimes refuse mounts below these: https://github.com/opencontainers/runc/blob/main/libcontainer/rootfs_linux.go, checkProcMount */
const kernel = /^\/(proc|sys)\//;

const notAPath = 'must be an absolute path without "..", ":" and control characters';

const absolutePath = z
  .string()
  .max(255)
  .regex(/^\/[^:\p{Cc}]*$/u, notAPath)
  .refine((value) => !value.split('/').includes('..'), notAPath);

const path = absolutePath
  .refine((value) => !forbidden.test(canonicalPath(value)), {
    error: (issue) => `"${issue.input}" would hide the system itself; name the folder below it that the image writes`,
  })
  .refine((value) => !kernel.test(canonicalPath(value)), {
    error: (issue) => `"${issue.input}" belongs to the kernel; no volume can be mounted there`,
  });

// all lengths are bounded: the API server must know the worst case before it takes the rules of the custom resource (src/kube/crd.ts)
const text = z.string().max(2000).regex(/\S/, 'must not be empty').trim();
const sources = z
  .array(text)
  .min(1, 'needs at least one source: a page, a Dockerfile, an issue')
  .max(50)
  .describe('What shows that it is so: a page, a Dockerfile, an issue.');

const writablePath = z.strictObject({
  path: path.describe('Where the image writes.'),
  purpose: text.describe('What it writes there.'),
  kind: z
    .enum(['scratch', 'data'])
    .describe(
      '`scratch` (the default) may be lost with the pod; `data` should be on a volume that the pod itself mounts.',
    )
    .optional(),
  content: z
    .enum(['empty', 'copy'])
    .describe(
      '`empty` (the default): an empty folder will do. `copy`: the image has files there that it needs, and they are copied into the volume before it starts.',
    )
    .optional(),
  sizeLimit: z
    .string()
    .max(32)
    .regex(quantityPattern, 'must be a quantity such as 64Mi or 1Gi')
    .describe("The emptyDir's size limit, a quantity of bytes; the policy's default without it.")
    .optional(),
  medium: z
    .enum(['Memory'])
    .describe("`Memory` makes it a tmpfs, which counts towards the container's memory.")
    .optional(),
  sources: sources.optional(),
});

/** Matching a pattern takes time with each further wildcard, and pods choose the names that it is matched with. */
const maxWildcards = 4;

const image = z
  .string()
  .max(255)
  .regex(
    /^[a-z0-9.*-]+(:\d+)?(\/[a-z0-9._*{},-]+)+$/,
    'must be a full repository, such as docker.io/library/nginx, without tag and digest',
  )
  .refine((value) => (value.match(/\*+/g)?.length ?? 0) <= maxWildcards, `has more than ${maxWildcards} wildcards`);

export const imageProfileSchema = z.strictObject({
  apiVersion: z.literal('permafrost.dev/v1alpha1'),
  kind: z.literal('ImageProfile'),
  metadata: z.looseObject({ name: z.string().regex(/^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/, 'must be a DNS subdomain') }),
  spec: z.strictObject({
    images: z
      .array(image)
      .min(1)
      .max(100)
      .describe(
        'Repositories, or patterns (`*` within a path component, `**` across them): docker.io/library/nginx, docker.io/bitnami/*.',
      ),
    versions: z
      .string()
      .max(255)
      .refine(isVersionRange, 'must be a semver range such as ">=1.27.5" or "<18"')
      .describe('The profile holds only for tags whose version lies in this range (semver: `>=1.27.5`, `<18`).')
      .optional(),
    tags: z
      .array(text.max(128))
      .min(1)
      .max(50)
      .describe('The profile holds only for tags that match one of these patterns: `*-apache*`.')
      .optional(),
    digests: z
      .array(
        z
          .string()
          .max(255)
          .regex(/^[a-z0-9]+(?:[+._-][a-z0-9]+)*:[0-9a-f]{32,}$/, 'must be a digest such as sha256:…'),
      )
      .min(1)
      .max(100)
      .describe('The profile holds only for these digests.')
      .optional(),
    writablePaths: z
      .array(writablePath)
      .max(64)
      .superRefine(refuseHiddenContent)
      .describe('Where the image must be able to write; without any it runs read-only as it is.')
      .optional(),
    noShell: z
      .boolean()
      .describe('The image has neither `sh` nor `cp`, so that its content can only be copied from outside.')
      .optional(),
    needsPrivilege: text.describe('Why the image cannot live without `privileged` or SYS_ADMIN.').optional(),
    cannotRunReadOnly: text.describe('Why the image cannot run with a read-only root, whatever is mounted.').optional(),
    notes: text.describe('What a user of this image should know.').optional(),
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
