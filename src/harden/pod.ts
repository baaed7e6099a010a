/**
 * The part of a pod that hardening reads, checked loosely: unknown fields pass, because tomorrow's pods have fields that today's
 * schema does not know. What the schema returns is thrown away; the raw object goes on, so nothing can be lost. (That is why these
 * are no loose objects: zod would copy what it does not know, at four times the cost.)
 *
 * Kubernetes' JSON decoder takes null for an absent field, so null is accepted wherever a field may be absent.
 */
import * as z from 'zod';

const capabilities = z.object({
  add: z.array(z.string()).nullish(),
  drop: z.array(z.string()).nullish(),
});

const securityContext = z.object({
  readOnlyRootFilesystem: z.boolean().nullish(),
  privileged: z.boolean().nullish(),
  procMount: z.string().nullish(),
  capabilities: capabilities.nullish(),
});

const volumeMount = z.object({
  name: z.string(),
  mountPath: z.string(),
  readOnly: z.boolean().nullish(),
  mountPropagation: z.string().nullish(),
});

const container = z.object({
  name: z.string(),
  image: z.string().nullish(),
  securityContext: securityContext.nullish(),
  volumeMounts: z.array(volumeMount).nullish(),
  volumeDevices: z.array(z.object({ devicePath: z.string() })).nullish(),
});

const volume = z.object({ name: z.string() });

const podSchema = z.object({
  metadata: z
    .looseObject({
      name: z.string().nullish(),
      generateName: z.string().nullish(),
      namespace: z.string().nullish(),
      annotations: z.record(z.string(), z.string()).nullish(),
    })
    .nullish(),
  spec: z.object({
    serviceAccountName: z.string().nullish(),
    os: z.object({ name: z.string().nullish() }).nullish(),
    containers: z.array(container).nullish(),
    initContainers: z.array(container).nullish(),
    ephemeralContainers: z.array(container).nullish(),
    volumes: z.array(volume).nullish(),
  }),
});

/** With the fields that nobody here knows, at every level. */
type WithUnknown<T> = T extends (infer Item)[]
  ? WithUnknown<Item>[]
  : T extends object
    ? { [Key in keyof T]: WithUnknown<T[Key]> } & { [key: string]: unknown }
    : T;

export type Pod = WithUnknown<z.infer<typeof podSchema>>;
export type PodSpec = Pod['spec'];
export type Container = WithUnknown<z.infer<typeof container>>;
export type SecurityContext = WithUnknown<z.infer<typeof securityContext>>;
export type VolumeMount = WithUnknown<z.infer<typeof volumeMount>>;
export type Volume = WithUnknown<z.infer<typeof volume>>;

/** Something wrong with a value: the field it is in (`['spec', 'containers', 0, 'image']`) and what is wrong with it. */
export interface Problem {
  path: (string | number)[];
  message: string;
}

/**
 * Checks that a value is a pod as far as hardening reads it.
 *
 * @param value a decoded `Pod`, or a pod template (`metadata` and `spec`)
 * @returns the very same object, typed; or every problem, in the order of the fields
 */
export function parsePod(value: unknown): { ok: true; pod: Pod } | { ok: false; problems: Problem[] } {
  const result = podSchema.safeParse(value);
  if (result.success) return { ok: true, pod: value as Pod };
  return {
    ok: false,
    problems: result.error.issues.map((issue) => ({ path: issue.path as (string | number)[], message: issue.message })),
  };
}
