import { fileURLToPath } from 'node:url';
import { builtInFolder, loadProfiles } from '../../src/profiles/load.ts';
import type { ImageProfile } from '../../src/profiles/profile.ts';

export const profilesPage = fileURLToPath(new URL('../../docs/profiles.md', import.meta.url));

/** The page that lists all built-in profiles. */
export function profilesPageText(): string {
  const profiles = loadProfiles(builtInFolder)
    .profiles.map(({ profile }) => profile)
    .toSorted((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1));
  const images = new Set(profiles.flatMap(({ spec }) => spec.images));
  return `<!-- Made from profiles/ by "make docs"; do not edit. -->
# Built-in profiles

${profiles.length} profiles for ${images.size} images and patterns: which paths each must write, and so gets an \`emptyDir\` on. A path marked
*data* goes with the pod unless the pod mounts a volume of its own there; *copy* means that what the image has there is copied into
the volume first. \`permafrost profiles show IMAGE\` prints one with its sources. What is missing or wrong for you:
[custom-profiles.md](custom-profiles.md).

| Profile | Images | Holds for | Writable paths | Notes | Sources |
|---|---|---|---|---|---|
${profiles.map(row).join('\n')}
`;
}

function row({ metadata, spec }: ImageProfile): string {
  const holdsFor = [spec.versions && code(spec.versions), spec.tags?.map(code).join(', '), spec.digests && 'digests'];
  const paths = (spec.writablePaths ?? []).map(({ path, kind, content }) => {
    const marks = [kind === 'data' && '*data*', content === 'copy' && '*copy*'].filter(Boolean).join(', ');
    return code(path) + (marks && ` (${marks})`);
  });
  const notes = [
    spec.cannotRunReadOnly && `**Cannot run read-only:** ${spec.cannotRunReadOnly}`,
    spec.needsPrivilege && `**Needs privilege:** ${spec.needsPrivilege}`,
    spec.notes,
  ];
  const sources = new Set([...spec.sources, ...(spec.writablePaths ?? []).flatMap((path) => path.sources ?? [])]);
  const cells = [
    metadata.name,
    spec.images.map(code).join('<br>'),
    holdsFor.filter(Boolean).join(', ') || 'all',
    paths.join('<br>') || 'none',
    notes.filter(Boolean).join(' '),
    String(sources.size),
  ];
  return `| ${cells.map(cell).join(' | ')} |`;
}

function code(text: string): string {
  return `\`${text}\``;
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll(/\s+/g, ' ').trim();
}
