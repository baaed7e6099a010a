import { stringify } from 'yaml';
import type { ImageProfile } from '../profiles/profile.ts';
import { exitCode, type Io } from './io.ts';
import { loadTable } from './settings.ts';
import { tableText } from './table-text.ts';

/** Runs `permafrost profiles list`. */
export async function listProfiles(
  flags: { output?: 'json' | 'yaml' | 'name'; profiles?: string[] },
  io: Io,
): Promise<number> {
  const loaded = loadTable(flags.profiles ?? []);
  if ('errors' in loaded) {
    for (const error of loaded.errors) io.stderr.write(`${error}\n`);
    return exitCode.error;
  }
  io.stdout.write(write(loaded.table.profiles, flags.output));
  return exitCode.ok;
}

function write(profiles: readonly ImageProfile[], format: 'json' | 'yaml' | 'name' | undefined): string {
  if (format === 'name') return profiles.map(({ metadata }) => `${metadata.name}\n`).join('');
  if (format === 'json') return `${JSON.stringify(profiles, null, 2)}\n`;
  if (format === 'yaml') return profiles.map((profile) => `---\n${stringify(profile, { lineWidth: 0 })}`).join('');
  const rows = profiles.map(({ metadata, spec }) => [
    metadata.name,
    shorten(spec.images),
    [spec.versions, spec.tags?.join(' '), spec.digests && `${spec.digests.length} digests`].filter(Boolean).join(' ') ||
      'all',
    spec.cannotRunReadOnly
      ? 'cannot run read-only'
      : (spec.writablePaths ?? []).map(({ path }) => path).join(' ') || 'none',
  ]);
  return tableText(['NAME', 'IMAGES', 'VERSIONS', 'PATHS'], rows);
}

/** The first image, and how many more; without what every image of Docker Hub starts with. */
function shorten(images: readonly string[]): string {
  const [first = '', ...rest] = images.map((image) => image.replace(/^docker\.io\/(library\/)?/, ''));
  return rest.length > 0 ? `${first} +${rest.length}` : first;
}
