/** The administrator's settings. A pod cannot change them. */
import * as z from 'zod';
import { ruleIds } from '../harden/finding.ts';
import { createExemptions } from './exemptions.ts';
import { quantityPattern } from './quantity.ts';

const quantity = z.string().regex(quantityPattern, 'must be a quantity such as 64Mi or 1Gi');
const prefix = z
  .string()
  .regex(
    /^[a-z0-9.-]+(:\d+)?(\/[a-z0-9._-]+)*$/,
    'must be a registry, or the start of a repository in it, without a slash at its end',
  );

/** Registries that hold the images of another one under the same names; the longest prefix wins. */
const wellKnownMirrors = [
  { prefix: 'public.ecr.aws/docker', standsFor: 'docker.io' }, // https://gallery.ecr.aws/docker
  // the same registry, by IPv6 too: https://docs.aws.amazon.com/AmazonECR/latest/public/public-registries.html
  { prefix: 'ecr-public.aws.com/docker', standsFor: 'docker.io' },
  { prefix: 'ecr-public.aws.com', standsFor: 'public.ecr.aws' },
  { prefix: 'mirror.gcr.io', standsFor: 'docker.io' }, // https://cloud.google.com/artifact-registry/docs/pull-cached-dockerhub-images
  { prefix: 'registry-1.docker.io', standsFor: 'docker.io' }, // where docker.io really is
  { prefix: 'registry.hub.docker.com', standsFor: 'docker.io' },
  { prefix: 'k8s.gcr.io', standsFor: 'registry.k8s.io' }, // https://kubernetes.io/blog/2023/03/10/image-registry-redirect/
  // official images of one architecture: https://github.com/docker-library/official-images#architectures-other-than-amd64
  ...['amd64', 'arm32v5', 'arm32v6', 'arm32v7', 'arm64v8', 'i386', 'mips64le', 'ppc64le', 'riscv64', 's390x'].map(
    (architecture) => ({ prefix: `docker.io/${architecture}`, standsFor: 'docker.io/library' }),
  ),
];

const someText = z.array(z.string().min(1)).min(1);

/** All criteria that are given must hold; of each, one entry. Patterns: `*` within a path component, `**` across them. */
const exemption = z
  .strictObject({
    /** Names or patterns. */
    namespaces: someText.optional(),
    /** Names or patterns of the pod's service account. */
    serviceAccounts: someText.optional(),
    /** Repositories in full, or patterns: `docker.io/library/docker`. */
    images: someText.optional(),
    /** Names or patterns of containers. */
    containers: someText.optional(),
    /** What is not done; everything without it. */
    rules: z.array(z.enum(ruleIds)).min(1).optional(),
    /** Shown to whoever meets it. */
    reason: z.string().trim().min(1, 'must say why'),
    /** The last day on which it holds (UTC). */
    until: z.iso.date('must be a date such as 2027-01-31').optional(),
  })
  .refine((value) => value.namespaces ?? value.serviceAccounts ?? value.images ?? value.containers, {
    error: 'would exempt every container: give namespaces, serviceAccounts, images or containers',
  });

const settings = z.strictObject({
  /** What happens to containers of images without a profile: a read-only root with an emptyDir on /tmp, or the root stays as it is. */
  unknownImages: z.enum(['harden', 'skip']).default('harden'),
  /** What happens to capabilities that can remount the root: they are taken out, or only warned of. */
  remount: z.enum(['strip', 'warn']).default('strip'),
  /** Registries that hold the images of another one under the same names. */
  registryMirrors: z
    .array(z.strictObject({ prefix, standsFor: prefix }))
    .default([])
    .transform((mirrors) => [...mirrors, ...wellKnownMirrors]),
  volumes: z
    .strictObject({
      /** The size limit of a volume whose profile gives none. */
      defaultSizeLimit: quantity.default('1Gi'),
      /** No injected volume gets more than this, whatever its profile says. */
      maxSizeLimit: quantity.optional(),
    })
    .prefault({}),
  contentCopy: z
    .strictObject({
      /**
       * What happens where content must be copied and the image has no shell: the path stays read-only, or the image is mounted as a
       * volume (https://kubernetes.io/docs/tasks/configure-pod-container/image-volumes/) and Permafrost's own image copies.
       */
      withoutShell: z.enum(['decline', 'image-volume']).default('decline'),
      /** Permafrost's own image, as the nodes can pull it. */
      image: z.string().trim().min(1).optional(),
    })
    .refine(({ withoutShell, image }) => withoutShell === 'decline' || image !== undefined, {
      path: ['image'],
      message: 'is needed with "withoutShell: image-volume": name Permafrost\'s own image, as the nodes can pull it',
    })
    .prefault({}),
  exemptions: z.array(exemption).default([]).transform(createExemptions),
});

export const policySchema = z.strictObject({
  apiVersion: z.literal('permafrost.dev/v1alpha1'),
  kind: z.literal('Policy'),
  metadata: z.looseObject({}).optional(),
  spec: settings.prefault({}),
});

export type Policy = z.infer<typeof settings>;

/** The policy of an administrator who set nothing. */
export const defaultPolicy: Policy = settings.parse({});
