import type { Policy } from '../policy/policy.ts';
import type { ImageProfile } from '../profiles/profile.ts';
import type { Finding, RuleId } from './finding.ts';
import type { Container, Pod } from './pod.ts';

export const containerKinds = ['initContainers', 'containers', 'ephemeralContainers'] as const;
export type ContainerKind = (typeof containerKinds)[number];

/** Everything that a rule may know besides the pod. */
export interface RuleContext {
  policy: Policy;
  /** Whether the container may be touched: not an ephemeral container that was there before this request. */
  inScope(container: Container, kind: ContainerKind): boolean;
  /** Whether the pod may get new volumes: not on the `ephemeralcontainers` subresource. */
  mayAddVolumes: boolean;
  /** The profile of the container's image; undefined when the table knows none. */
  profileOf(container: Container): ImageProfile | undefined;
}

export interface RuleResult {
  /** The next pod; the very same object when nothing changed. */
  pod: Pod;
  findings: Finding[];
}

/** One hardening of a pod: pure, and without effect on its own result. */
export interface Rule {
  id: RuleId;
  apply(pod: Pod, context: RuleContext): RuleResult;
}
