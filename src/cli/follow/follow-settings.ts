/** Follows what a review depends on while the server runs: the policy in a file or a ConfigMap, and the profiles of the cluster. */
import { connectToCluster } from '../connect.ts';
import { followConfigMap } from './follow-config-map.ts';
import { followPolicyFile } from './follow-policy-file.ts';
import { followProfiles } from './follow-profiles.ts';
import type { Following, FollowOptions } from './following.ts';

/** Follows all that the flags name; nothing without them. */
export async function followSettings(options: FollowOptions): Promise<Following> {
  const { flags } = options;
  const parts: Following[] = [];
  if (flags.policy !== undefined) parts.push(followPolicyFile(flags.policy, options));
  if (flags.watchProfiles || flags.policyConfigMap !== undefined) {
    const api = await connectToCluster('--watch-profiles and --policy-config-map need', options);
    if (flags.watchProfiles) parts.push(await followProfiles(api, options));
    if (flags.policyConfigMap !== undefined) parts.push(await followConfigMap(api, flags.policyConfigMap, options));
  }
  return {
    firstRead: Promise.all(parts.map(({ firstRead }) => firstRead)).then(() => {}),
    stop() {
      for (const part of parts) part.stop();
    },
  };
}
