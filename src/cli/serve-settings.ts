import type { AdmitSettings } from '../admission/admit.ts';
import { defaultOwnNamespace } from '../kube/webhook-configuration.ts';
import { terse } from '../profiles/terse.ts';
import { version } from '../version.ts';
import { UsageError } from './command.ts';
import type { ServeFlags } from './serve-command.ts';
import { type LoadedProfiles, loadPolicy, loadTable } from './settings.ts';

export interface ServeSettings {
  /** What each review is decided by; its parts are replaced when profiles or policy change. */
  admit: AdmitSettings;
  /** The profiles from files. */
  groups: LoadedProfiles['groups'];
}

/** Loads all that a review depends on. */
export function loadServeSettings(flags: ServeFlags, env: Record<string, string | undefined>): ServeSettings {
  if (flags.policy !== undefined && flags.policyConfigMap !== undefined) {
    throw new UsageError('--policy and --policy-config-map exclude each other; give one');
  }
  const profiles = loadTable(flags.profiles ?? [], terse);
  const policy = loadPolicy(flags.policy);
  const errors = [profiles, policy].flatMap((loaded) => ('errors' in loaded ? loaded.errors : []));
  if ('errors' in profiles || 'errors' in policy) throw new UsageError(errors.join('\n'));
  const admit = {
    profiles: profiles.table,
    policy: policy.policy,
    version,
    ownNamespace: flags.ownNamespace ?? (env['POD_NAMESPACE'] || defaultOwnNamespace),
  };
  return { admit, groups: profiles.groups };
}
