import { mapContainers } from '../containers.ts';
import type { Finding } from '../finding.ts';
import type { SecurityContext } from '../pod.ts';
import type { Rule } from '../rule.ts';
import { needsPrivilege } from './needs-privilege.ts';

/**
 * Takes capabilities out of `capabilities.add` that allow `mount -o remount,rw /`, which undoes a read-only root. Runtimes read names
 * without regard to case, and some with the prefix CAP_ (containerd pkg/cri/opts/spec_linux_opts.go, WithCapabilities).
 */
const remounting = new Set(['SYS_ADMIN', 'CAP_SYS_ADMIN', 'ALL', 'CAP_ALL']);

export const remount: Rule = {
  id: 'remount',
  apply(pod, context) {
    const findings: Finding[] = [];
    const next = mapContainers(pod, context, (container, field) => {
      const add = container.securityContext?.capabilities?.add;
      const found = add?.filter((name) => remounting.has(name.toUpperCase()));
      if (!container.securityContext || !add || !found?.length) return container;

      const names = found.join(', ');
      const base = { rule: 'remount', container: container.name, field } as const;
      if (context.policy.remount === 'warn') {
        const message = `capability ${names} can remount the root writable; left, as the policy says`;
        findings.push({ ...base, severity: 'warning', changed: false, message });
        return container;
      }
      const hasAll = found.some((name) => /ALL$/i.test(name));
      const note = hasAll
        ? ': ALL is replaced by nothing, add by name what is needed'
        : ' (it can remount the root writable)';
      findings.push({ ...base, severity: 'warning', changed: true, message: `capability ${names} taken out${note}` });
      const need = needsPrivilege(context.profileOf(container));
      if (need) findings.push({ ...base, severity: 'danger', changed: false, message: need });
      return {
        ...container,
        securityContext: withoutAdded(container.securityContext, (name) => remounting.has(name.toUpperCase())),
      };
    });
    return { pod: next, findings };
  },
};

/** Leaves no empty `add` and no empty `capabilities` behind. */
function withoutAdded(context: SecurityContext, drop: (name: string) => boolean): SecurityContext {
  const { add, ...others } = context.capabilities ?? {};
  const kept = add?.filter((name) => !drop(name)) ?? [];
  const capabilities = kept.length > 0 ? { ...context.capabilities, add: kept } : others;
  if (Object.keys(capabilities).length > 0) return { ...context, capabilities };
  const { capabilities: _, ...rest } = context;
  return rest;
}
