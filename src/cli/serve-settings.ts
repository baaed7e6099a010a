import type { AdmitSettings } from '../admission/admit.ts';
import { defaultOwnNamespace } from '../kube/webhook-configuration.ts';
import { version } from '../version.ts';
import { UsageError } from './command.ts';
import type { ServeFlags } from './serve-command.ts';
import { loadPolicy, loadTable } from './settings.ts';

/** Loads all that a review depends on. */
export function loadAdmitSettings(flags: ServeFlags, env: Record<string, string | undefined>): AdmitSettings {
  const profiles = loadTable(flags.profiles ?? []);
  const policy = loadPolicy(flags.policy);
  const errors = [profiles, policy].flatMap((loaded) => ('errors' in loaded ? loaded.errors : []));
  if ('errors' in profiles || 'errors' in policy) throw new UsageError(errors.join('\n'));
  return {
    profiles: profiles.table,
    policy: policy.policy,
    version,
    ownNamespace: flags.ownNamespace ?? (env['POD_NAMESPACE'] || defaultOwnNamespace),
  };
}
