import type { Policy } from '../../policy/policy.ts';

/** What the log says of a policy: not who is exempt, only how many. */
export function summarizePolicy({ exemptions, unknownImages, remount }: Policy): Record<string, unknown> {
  return { unknownImages, remount, exemptions: exemptions.list.length };
}
