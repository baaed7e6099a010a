import type { Exemption } from '../policy/exemptions.ts';
import { mapContainers } from './containers.ts';
import type { Finding, RuleId } from './finding.ts';
import type { Container, Pod } from './pod.ts';
import type { ContainerKind, Rule, RuleContext, RuleResult } from './rule.ts';

/**
 * Applies a rule to all containers in scope but those that the administrator exempted from it. What the rule would have done to these
 * is found out as well, and said, so that nothing gets out unseen; an exemption that lets nothing through says nothing.
 */
export function applyWithExemptions(
  rule: Rule,
  pod: Pod,
  context: RuleContext,
  exemptionOf: (container: Container, rule: RuleId) => Exemption | undefined,
): RuleResult {
  if (context.policy.exemptions.list.length === 0) return rule.apply(pod, context);
  const exempt = new Map<Container, Exemption>();
  mapContainers(pod, context, (container) => {
    const exemption = exemptionOf(container, rule.id);
    if (exemption) exempt.set(container, exemption);
    return container;
  });
  if (exempt.size === 0) return rule.apply(pod, context);

  const only = (wanted: boolean): RuleContext => ({
    ...context,
    inScope: (container: Container, kind: ContainerKind) =>
      exempt.has(container) === wanted && context.inScope(container, kind),
  });
  const result = rule.apply(pod, only(false));
  const letThrough = rule.apply(pod, only(true)).findings.filter((finding) => finding.changed);
  const byName = new Map([...exempt].map(([container, exemption]) => [container.name, exemption]));
  return { pod: result.pod, findings: [...result.findings, ...letThrough.map((finding) => describe(finding, byName))] };
}

function describe(finding: Finding, byName: Map<string, Exemption>): Finding {
  const reason = byName.get(finding.container)?.reason ?? '';
  const message = `exempted by the policy (${reason}), not done: ${finding.message}`;
  return { ...finding, severity: 'warning', changed: false, message, exemption: reason };
}
