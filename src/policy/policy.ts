/** The administrator's settings. A pod cannot change them. */
import { z } from 'zod';
import { quantityPattern } from './quantity.ts';

const quantity = z.string().regex(quantityPattern, 'must be a quantity such as 64Mi or 1Gi');
const prefix = z
  .string()
  .regex(
    /^[a-z0-9.-]+(:\d+)?(\/[a-z0-9._-]+)*$/,
    'must be a registry, or the start of a repository in it, without a slash at its end',
  );

/** Public registries that hold Docker Hub's official images under the same names. */
const wellKnownMirrors = [
  { prefix: 'public.ecr.aws/docker', standsFor: 'docker.io' }, // https://gallery.ecr.aws/docker
  { prefix: 'mirror.gcr.io', standsFor: 'docker.io' }, // https://cloud.google.com/artifact-registry/docs/pull-cached-dockerhub-images
];

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
