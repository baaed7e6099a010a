/** One review's way through the program without the network: bytes in, bytes out. */
import { type AdmitSettings, admit } from '../../src/admission/admit.ts';
import { encodeResponse } from '../../src/admission/respond.ts';
import { parseReview } from '../../src/admission/review.ts';
import { decodeJson } from '../../src/http/body.ts';
import { defaultPolicy } from '../../src/policy/policy.ts';
import { builtInFolder, loadProfiles } from '../../src/profiles/load.ts';
import type { ImageProfile } from '../../src/profiles/profile.ts';
import { createProfileTable } from '../../src/profiles/table.ts';

const today = '2026-01-01';

/** @returns whether the pod was patched */
export function reviewOnce(body: Buffer, settings: AdmitSettings): boolean {
  const decoded = decodeJson(body);
  if ('problem' in decoded) throw new Error(decoded.problem);
  const parsed = parseReview(decoded.value);
  if (!('review' in parsed)) throw new Error('the review cannot be read');
  const outcome = admit(parsed.review, 'enforce', settings, today);
  encodeResponse(parsed.uid, 'enforce', outcome);
  return outcome.kind === 'patched';
}

export const builtInProfiles: readonly ImageProfile[] = loadProfiles(builtInFolder).profiles.map(
  ({ profile }) => profile,
);

export function settingsWith(
  given: Partial<Pick<AdmitSettings, 'policy'>> & { profiles?: readonly ImageProfile[] },
): AdmitSettings {
  return {
    profiles: createProfileTable([{ origin: 'built-in', profiles: given.profiles ?? builtInProfiles }]),
    policy: given.policy ?? defaultPolicy,
    version: '0.0.0-bench',
    ownNamespace: 'permafrost-system',
  };
}
