import { resolveImage } from '../profiles/image-reference.ts';
import type { SourcedProfile } from '../profiles/parse.ts';
import { tagVersion } from '../profiles/version.ts';
import { exitCode, type Io } from './io.ts';
import { loadPolicy, loadTable } from './settings.ts';
import { tableText } from './table-text.ts';

/** Runs `permafrost profiles show`. */
export async function showProfile(
  image: string,
  flags: { profiles?: string[]; policy?: string },
  io: Io,
): Promise<number> {
  const loaded = loadTable(flags.profiles ?? []);
  const policy = loadPolicy(flags.policy);
  const errors = [...('errors' in loaded ? loaded.errors : []), ...('errors' in policy ? policy.errors : [])];
  if ('errors' in loaded || 'errors' in policy) {
    for (const error of errors) io.stderr.write(`${error}\n`);
    return exitCode.error;
  }
  const asWritten = resolveImage(image, []);
  const reference = resolveImage(image, policy.policy.registryMirrors);
  if (!reference || !asWritten) {
    io.stderr.write(`${JSON.stringify(image)} is no image reference; write it as a container does: nginx:1.27\n`);
    return exitCode.error;
  }
  const { repository, tag, digest } = reference;
  const effectiveTag = tag ?? (digest === undefined ? 'latest' : undefined);
  const facts = [
    [
      'repository',
      repository === asWritten.repository ? repository : `${repository} (mirrored at ${asWritten.repository})`,
    ],
    [
      'tag',
      effectiveTag === undefined
        ? 'unknown: only a digest is given'
        : `${effectiveTag}${tag === undefined ? ' (none is given)' : ''}`,
    ],
    ...(effectiveTag === undefined ? [] : [['version', describeVersion(effectiveTag)]]),
    ...(digest === undefined ? [] : [['digest', digest]]),
  ];
  const profile = loaded.table.find(reference);
  if (!profile) {
    io.stderr.write(`no profile for ${image}\n\n${indented(facts)}\n${whatNow(repository, loaded.groups)}`);
    return exitCode.found;
  }
  const group = loaded.groups.find(({ profiles }) => profiles.some((sourced) => sourced.profile === profile));
  const sourced = group?.profiles.find((candidate) => candidate.profile === profile);
  const { spec, metadata } = profile;
  const conditions = [
    ['images', spec.images.join(', ')],
    ...(spec.versions === undefined ? [] : [['versions', spec.versions]]),
    ...(spec.tags ? [['tags', spec.tags.join(', ')]] : []),
    ...(spec.digests ? [['digests', spec.digests.join(', ')]] : []),
    ['from', `${sourced?.file}:${sourced?.line} (${group?.origin})`],
  ];
  const paths = (spec.writablePaths ?? []).map((entry) => [
    `  ${entry.path}`,
    [entry.kind ?? 'scratch', 'content' in entry ? `content: ${entry['content']}` : ''].filter(Boolean).join(', '),
    [entry.sizeLimit, entry.medium].filter(Boolean).join(' ') || '-',
    entry.purpose,
  ]);
  const parts = [
    `${image}\n${indented(facts)}`,
    `Profile ${metadata.name}\n${indented(conditions)}`,
    paths.length > 0
      ? `Writable paths\n${tableText(['  PATH', 'KIND', 'LIMIT', 'PURPOSE'], paths)}`
      : 'Writable paths\n  none: it needs no volume\n',
    spec.needsPrivilege && `Needs privilege\n  ${spec.needsPrivilege}\n`,
    spec.cannotRunReadOnly && `Cannot run with a read-only root\n  ${spec.cannotRunReadOnly}\n`,
    spec.notes && `Notes\n  ${spec.notes.trim().replaceAll('\n', '\n  ')}\n`,
    `Sources\n${[...new Set([...spec.sources, ...(spec.writablePaths ?? []).flatMap(({ sources }) => sources ?? [])])].map((source) => `  ${source}\n`).join('')}`,
  ];
  io.stdout.write(parts.filter(Boolean).join('\n'));
  return exitCode.ok;
}

function describeVersion(tag: string): string {
  return tagVersion(tag)
    .replace(/^999999999\..*/, 'the newest: this tag names none')
    .replaceAll('.999999999', '.x');
}

function indented(facts: readonly (readonly string[])[]): string {
  return facts.map(([name = '', value = '']) => `  ${name.padEnd(12)}${value}\n`).join('');
}

function whatNow(repository: string, groups: readonly { profiles: readonly SourcedProfile[] }[]): string {
  const same = groups
    .flatMap(({ profiles }) => profiles)
    .filter(({ profile }) => profile.spec.images.includes(repository))
    .map(
      ({ profile }) =>
        `${profile.metadata.name} (${profile.spec.versions ?? profile.spec.tags?.join(', ') ?? 'digests'})`,
    );
  const others = same.length > 0 ? `Profiles of this repository hold for other tags: ${same.join(', ')}.\n` : '';
  return `${others}Its containers get a read-only root with an emptyDir on /tmp, unless the policy skips unknown images.
Write a profile of your own and give it with --profiles; permafrost profiles list -o yaml shows examples.
If it is pulled through a mirror, name the mirror in the policy's registryMirrors.
`;
}
