import { mapContainers } from '../containers.ts';
import type { Finding } from '../finding.ts';
import type { Rule } from '../rule.ts';

/**
 * Sets `securityContext.readOnlyRootFilesystem: true`, also over an explicit false: the namespace asked for it. Only the policy
 * `unknownImages: skip` leaves the root of an image without a profile as it is.
 * https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/#security-context-1
 */
export const readOnlyRootFilesystem: Rule = {
  id: 'read-only-root-filesystem',
  apply(pod, context) {
    const findings: Finding[] = [];
    const next = mapContainers(pod, context, (container, field) => {
      const asked = container.securityContext?.readOnlyRootFilesystem;
      if (asked === true) return container;
      const profile = context.profileOf(container);
      const base = { rule: 'read-only-root-filesystem', container: container.name, field } as const;
      if (!profile && context.policy.unknownImages === 'skip') {
        const message = `root left writable: no profile for image ${container.image ?? '(none given)'}, and the policy skips unknown images`;
        findings.push({ ...base, severity: 'warning', changed: false, message });
        return container;
      }
      if (profile?.spec.cannotRunReadOnly) {
        const message = `root made read-only, but ${profile.metadata.name} cannot run so: ${profile.spec.cannotRunReadOnly}`;
        findings.push({ ...base, severity: 'danger', changed: true, message });
      } else if (asked === false) {
        const message = 'readOnlyRootFilesystem: false becomes true, as the namespace asks';
        findings.push({ ...base, severity: 'warning', changed: true, message });
      } else {
        findings.push({ ...base, severity: 'notice', changed: true, message: 'root made read-only' });
      }
      return { ...container, securityContext: { ...container.securityContext, readOnlyRootFilesystem: true } };
    });
    return { pod: next, findings };
  },
};
