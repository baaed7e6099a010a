/** Tables and policies of any size. */

import { createExemptions } from '../../src/policy/exemptions.ts';
import { defaultPolicy, type Policy } from '../../src/policy/policy.ts';
import type { ImageProfile } from '../../src/profiles/profile.ts';

/** One profile in ten is for all repositories of a folder, the others for one repository each. */
export function generateProfiles(count: number): ImageProfile[] {
  return Array.from({ length: count }, (_, index) => ({
    apiVersion: 'permafrost.dev/v1alpha1' as const,
    kind: 'ImageProfile' as const,
    metadata: { name: `generated-${index}` },
    spec: {
      images: [index % 10 === 0 ? `registry.example/team-${index}/*` : imageOf(index)],
      writablePaths: [
        { path: '/var/cache/app', purpose: 'generated', kind: 'scratch' as const, sources: ['generated'] },
        { path: '/run/app', purpose: 'generated', kind: 'scratch' as const, sources: ['generated'] },
      ],
      sources: ['generated'],
    },
  }));
}

/** The image that a generated profile is for. */
export function imageOf(index: number): string {
  return index % 10 === 0 ? `registry.example/team-${index}/some-app` : `registry.example/team-${index}/app-${index}`;
}

/** Exemptions of teams, by patterns, as administrators write them; none holds for the pods that are measured. */
export function generatePolicy(exemptions: number): Policy {
  return {
    ...defaultPolicy,
    exemptions: createExemptions(
      Array.from({ length: exemptions }, (_, index) => ({
        namespaces: [`exempt-${index}-*`],
        ...(index % 2 === 0 && { images: [`registry.example/exempt-${index}/**`] }),
        ...(index % 3 === 0 && { rules: ['privileged' as const] }),
        reason: `number ${index}`,
      })),
    ),
  };
}
