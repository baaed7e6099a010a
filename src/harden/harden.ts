/** Folds the rules over a pod: the one core behind webhook and command line. */
import type { Policy } from '../policy/policy.ts';
import type { ImageProfile } from '../profiles/profile.ts';
import type { ProfileTable } from '../profiles/table.ts';
import { annotate } from './annotations.ts';
import type { Finding } from './finding.ts';
import type { Container, Pod } from './pod.ts';
import type { ContainerKind } from './rule.ts';
import { rules } from './rules.ts';

/** What stays the same from pod to pod. */
export interface HardenSettings {
  profiles: ProfileTable;
  policy: Policy;
  /** Permafrost's own version, for the pod's annotation. */
  version: string;
}

export interface HardenOptions {
  /**
   * The pod as it was before this request, on an update of the `ephemeralcontainers` subresource: only ephemeral containers that are
   * new may be touched, and no volume may be added.
   */
  oldPod?: Pod;
}

export interface Hardened {
  /** The hardened pod; the very same object when there was nothing to do. */
  pod: Pod;
  /** In the order of the rules, then of the containers. */
  findings: Finding[];
  /** The name of the profile that each container in scope was matched to; undefined for an image without a profile. */
  profiles: Map<string, string | undefined>;
}

/**
 * Hardens a pod.
 *
 * @param pod a pod or a pod template; never mutated
 */
export function harden(pod: Pod, settings: HardenSettings, options: HardenOptions = {}): Hardened {
  const { oldPod } = options;
  const known = new Set(oldPod?.spec.ephemeralContainers?.map((container) => container.name));
  const inScope = oldPod
    ? (container: Container, kind: ContainerKind) => kind === 'ephemeralContainers' && !known.has(container.name)
    : () => true;

  const matched = new Map<string | null | undefined, ImageProfile | undefined>();
  const profiles = new Map<string, string | undefined>();
  const context = {
    policy: settings.policy,
    mayAddVolumes: oldPod === undefined,
    inScope,
    profileOf(container: Container) {
      const { image, name } = container;
      if (!matched.has(image)) {
        matched.set(image, image ? settings.profiles.match(image, settings.policy.registryMirrors) : undefined);
      }
      const profile = matched.get(image);
      profiles.set(name, profile?.metadata.name);
      return profile;
    },
  };

  let next = pod;
  const findings: Finding[] = [];
  for (const rule of rules) {
    const result = rule.apply(next, context);
    next = result.pod;
    findings.push(...result.findings);
  }
  // the strategy of the subresource drops changes of metadata: dropNonEphemeralContainerUpdates in pkg/registry/core/pod/strategy.go
  if (next !== pod && !oldPod) next = annotate(pod, next, findings, settings.version);
  return { pod: next, findings, profiles };
}
