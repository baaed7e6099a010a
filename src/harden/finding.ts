/** What a rule did, or declined to do, to one container, and why. Feeds warnings, audit annotations, metrics and the CLI. */

/** The ids of all rules, in the order in which they run. A rule's id is its file name, its fixtures' prefix and its docs' section. */
export const ruleIds = ['read-only-root-filesystem', 'privileged', 'remount', 'writable-paths'] as const;
export type RuleId = (typeof ruleIds)[number];

/** How much the owner of the pod should care, the most important first. */
export const severities = ['danger', 'warning', 'notice', 'info'] as const;
/**
 * - `danger`: the pod will probably not work as it is now: somebody has to act.
 * - `warning`: something that the pod asked for was taken away, or could not be made safe.
 * - `notice`: an ordinary change.
 * - `info`: nothing changed, and nobody has to know; never shown as a warning.
 */
export type Severity = (typeof severities)[number];

export interface Finding {
  rule: RuleId;
  severity: Severity;
  /** Whether the rule changed the container. */
  changed: boolean;
  /** The container's name. */
  container: string;
  /** The container's place in the pod: `spec.initContainers[0]`. */
  field: string;
  /** One line for a person: what, why, what to do. Names neither the rule nor the container. */
  message: string;
  /** The administrator's reason, when an exemption kept the rule from acting. */
  exemption?: string;
}
