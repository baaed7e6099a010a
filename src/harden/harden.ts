/** Folds the rules over a pod: the one core behind webhook and command line. */
import type { Policy } from '../policy/policy.ts';
import { type KnownImage, knownImage } from '../profiles/known-images.ts';
import type { ProfileTable } from '../profiles/table.ts';
import { annotate } from './annotations.ts';
import { applyWithExemptions } from './exempt.ts';
import type { Finding, RuleId } from './finding.ts';
import type { Container, Pod } from './pod.ts';
import type { ContainerKind, RuleContext } from './rule.ts';
import { rules } from './rules.ts';

/** What stays the same from pod to pod. */
export interface HardenSettings {
  profiles: ProfileTable;
  policy: Policy;
  /** Permafrost's own version, for the pod's annotation. */
  version: string;
}

export interface HardenOptions {
  /** Where the pod is created: the request's, since the object's own may be empty. */
  namespace: string;
  /** The date (UTC, `2027-01-31`), against which the end dates of exemptions are held. */
  today: string;
  /**
   * The pod as it was before this request, on an update of the `ephemeralcontainers` subresource: only ephemeral containers that are
   * new may be touched, and no volume may be added.
   */
  oldPod?: Pod | undefined;
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
export function harden(pod: Pod, settings: HardenSettings, { namespace, today, oldPod }: HardenOptions): Hardened {
  const known = new Set(oldPod?.spec.ephemeralContainers?.map((container) => container.name));
  const inScope = oldPod
    ? (container: Container, kind: ContainerKind) => kind === 'ephemeralContainers' && !known.has(container.name)
    : () => true;

  const profiles = new Map<string, string | undefined>();
  const imageOf = ({ image }: Container): KnownImage | undefined =>
    image ? knownImage(settings.profiles, settings.policy.registryMirrors, image) : undefined;
  const context: RuleContext = {
    policy: settings.policy,
    mayAddVolumes: oldPod === undefined,
    inScope,
    profileOf(container) {
      const profile = imageOf(container)?.profile;
      profiles.set(container.name, profile?.metadata.name);
      return profile;
    },
  };

  const serviceAccount = pod.spec.serviceAccountName || 'default';
  const exemptionOf = (container: Container, rule: RuleId) =>
    settings.policy.exemptions.find(
      { namespace, serviceAccount, container: container.name, repository: imageOf(container)?.reference?.repository },
      rule,
      today,
    );

  let next = pod;
  const findings: Finding[] = [];
  for (const rule of rules) {
    const result = applyWithExemptions(rule, next, context, exemptionOf);
    next = result.pod;
    findings.push(...result.findings);
  }
  // the strategy of the subresource drops changes of metadata: dropNonEphemeralContainerUpdates in pkg/registry/core/pod/strategy.go
  if (next !== pod && !oldPod) next = annotate(pod, next, findings, settings.version);
  return { pod: next, findings, profiles };
}
