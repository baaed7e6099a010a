import type { ImageProfile } from '../../profiles/profile.ts';

/** Says by name that an image cannot live without the privilege that was just taken; undefined when its profile says no such thing. */
export function needsPrivilege(profile: ImageProfile | undefined): string | undefined {
  if (!profile?.spec.needsPrivilege) return undefined;
  return `${profile.metadata.name} needs privilege (${profile.spec.needsPrivilege}); use a namespace without the label, or exempt it in the policy`;
}
