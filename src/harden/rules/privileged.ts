import { mapContainers } from '../containers.ts';
import type { Finding } from '../finding.ts';
import type { Container, VolumeMount } from '../pod.ts';
import type { Rule } from '../rule.ts';
import { needsPrivilege } from './needs-privilege.ts';

/**
 * Makes `privileged: true` false: with it, even a read-only root leaves /proc/sys writable, and the root can be remounted. What is
 * only valid with it goes along, or the API server refuses the pod (validateMountPropagation in pkg/apis/core/validation).
 * `procMount: Unmasked` opens /proc/sys as well and becomes Default, as Pod Security baseline asks:
 * https://kubernetes.io/docs/concepts/security/pod-security-standards/#baseline
 */
export const privileged: Rule = {
  id: 'privileged',
  apply(pod, context) {
    const findings: Finding[] = [];
    const next = mapContainers(pod, context, (container, field) => {
      const isPrivileged = container.securityContext?.privileged === true;
      const isUnmasked = container.securityContext?.procMount === 'Unmasked';
      if (!isPrivileged && !isUnmasked) return container;

      const done: string[] = [];
      const securityContext = { ...container.securityContext };
      if (isPrivileged) {
        securityContext.privileged = false;
        done.push('privileged: true becomes false');
      }
      if (isUnmasked) {
        securityContext.procMount = 'Default';
        done.push('procMount: Unmasked becomes Default');
      }
      const after: Container = { ...container, securityContext };
      if (isPrivileged && container.volumeMounts?.some(isBidirectional)) {
        after.volumeMounts = container.volumeMounts.map((mount) =>
          isBidirectional(mount) ? { ...mount, mountPropagation: 'HostToContainer' } : mount,
        );
        done.push('mountPropagation: Bidirectional becomes HostToContainer');
      }

      const base = { rule: 'privileged', container: container.name, field, changed: true } as const;
      findings.push({ ...base, severity: 'warning', message: done.join('; ') });
      const need = isPrivileged ? needsPrivilege(context.profileOf(container)) : undefined;
      if (need) findings.push({ ...base, changed: false, severity: 'danger', message: need });
      return after;
    });
    return { pod: next, findings };
  },
};

function isBidirectional(mount: VolumeMount): boolean {
  return mount.mountPropagation === 'Bidirectional';
}
