/** Drafts the pod that a user of an image would write, for a profile that has none in test/profiles/pods yet. */
import semver from 'semver';
import type { Pod } from '../../../src/harden/pod.ts';
import type { ImageProfile } from '../../../src/profiles/profile.ts';

/** A repository that the pattern means: `*` in the name of a registry is a region, elsewhere any name. */
export function sampleRepository(pattern: string): string {
  return pattern
    .replace(/\{([^,}]*)[^}]*\}/g, '$1')
    .replace(/\.\*+\.amazonaws\./, '.eu-west-1.amazonaws.')
    .replace(/\*+/g, 'app');
}

/**
 * Tags or digests that may lead to the profile, the most natural first. Which one does, only a lookup can tell: other profiles of the
 * repository may be more specific.
 */
export function sampleSuffixes({ versions, tags, digests }: ImageProfile['spec']): string[] {
  if (digests) return digests.map((digest) => `@${digest}`);
  const numbers = versions === undefined ? ['1.0.0'] : versionsIn(versions);
  if (!tags) return [...numbers.map((version) => `:${version}`), `@sha256:${'0'.repeat(64)}`];
  const positive = tags.filter((tag) => !tag.startsWith('!'));
  const filled = positive.flatMap((tag) =>
    numbers.flatMap((version) => [
      tag.replace(/\*+$/, '').replace(/^\*+/, `${version}-`),
      tag.replace(/\*+/g, version),
    ]),
  );
  return [...filled, ...numbers].map((tag) => `:${tag.replace(/-{2,}/g, '-')}`);
}

/** The lowest version of a range, and those below its upper ends: of `<18` the lowest is 0.0.0, which nobody runs. */
function versionsIn(range: string): string[] {
  const ends = [...range.matchAll(/<\s*(\d+)/g)].map(([, major]) => `${Number(major) - 1}.0.0`);
  return [...ends, semver.minVersion(range)?.version ?? '1.0.0'].filter((version) => semver.satisfies(version, range));
}

/** A pod with claims on what is data, and with the privilege that its image needs. */
export function draftPod({ metadata: { name }, spec }: ImageProfile, image: string): Pod {
  const data = (spec.writablePaths ?? []).filter(({ kind }) => kind === 'data').map(({ path }) => path);
  const volumes = data.map((path, index) => ({ name: data.length === 1 ? 'data' : `data-${index}`, path }));
  return {
    metadata: { name, namespace: 'apps' },
    spec: {
      containers: [
        {
          name: name.replaceAll('.', '-'),
          image,
          ...(spec.needsPrivilege && { securityContext: { privileged: true } }),
          ...(volumes.length > 0 && {
            volumeMounts: volumes.map((volume) => ({ name: volume.name, mountPath: volume.path })),
          }),
        },
      ],
      ...(volumes.length > 0 && {
        volumes: volumes.map((volume) => ({
          name: volume.name,
          persistentVolumeClaim: { claimName: data.length === 1 ? name : `${name}-${volume.name}` },
        })),
      }),
    },
  };
}
