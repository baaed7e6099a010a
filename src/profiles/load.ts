import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Diagnostic } from '../yaml/diagnostic.ts';
import { findDuplicateNames, parseProfiles, type SourcedProfile } from './parse.ts';

/** The folder of the built-in table. */
export const builtInFolder = fileURLToPath(new URL('../../profiles', import.meta.url));

/**
 * Reads all profiles of a folder (`*.yaml`), in the order of the file names.
 *
 * @returns the profiles that are right, and everything that is wrong with the others
 * @throws the file system's own error when the folder cannot be read
 */
export function loadProfiles(folder: string): { profiles: SourcedProfile[]; problems: Diagnostic[] } {
  const profiles: SourcedProfile[] = [];
  const problems: Diagnostic[] = [];
  for (const name of readdirSync(folder)
    .filter((entry) => entry.endsWith('.yaml'))
    .toSorted()) {
    const file = join(folder, name);
    const parsed = parseProfiles(readFileSync(file, 'utf8'), file);
    profiles.push(...parsed.profiles);
    problems.push(...parsed.problems);
  }
  return { profiles, problems: [...problems, ...findDuplicateNames(profiles)] };
}
