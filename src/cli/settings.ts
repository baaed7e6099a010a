/** The administrator's settings from the command line: profiles and policy. */
import { readFileSync, statSync } from 'node:fs';
import { parsePolicy } from '../policy/parse.ts';
import { defaultPolicy, type Policy } from '../policy/policy.ts';
import { builtInFolder, loadProfiles } from '../profiles/load.ts';
import { findDuplicateNames, parseProfiles, type SourcedProfile } from '../profiles/parse.ts';
import type { ImageProfile } from '../profiles/profile.ts';
import { createProfileTable, type Origin, type ProfileTable } from '../profiles/table.ts';
import { type Diagnostic, formatDiagnostic } from '../yaml/diagnostic.ts';
import { describeFileError } from './file-error.ts';

export interface LoadedProfiles {
  table: ProfileTable;
  groups: { origin: Origin; profiles: SourcedProfile[] }[];
}

/**
 * Reads the built-in profiles and the administrator's own; or says what is wrong with them.
 *
 * @param paths files and folders with the administrator's own
 * @param change what is done to each profile that is right
 */
export function loadTable(
  paths: readonly string[],
  change: (profile: ImageProfile) => ImageProfile = (profile) => profile,
): LoadedProfiles | { errors: string[] } {
  const builtIn = loadProfiles(builtInFolder);
  const errors: string[] = builtIn.problems.map(formatDiagnostic);
  const custom: SourcedProfile[] = [];
  for (const path of paths) {
    const read = readProfiles(path);
    errors.push(...read.errors, ...read.problems.map(formatDiagnostic));
    custom.push(...read.profiles);
  }
  if (paths.length > 1) errors.push(...findDuplicateNames(custom).map(formatDiagnostic));
  if (errors.length > 0) return { errors: [...new Set(errors)] };
  const groups = [
    { origin: 'built-in' as const, profiles: builtIn.profiles },
    { origin: 'custom' as const, profiles: custom },
  ].map(({ origin, profiles }) => ({
    origin,
    profiles: profiles.map((sourced) => ({ ...sourced, profile: change(sourced.profile) })),
  }));
  const table = createProfileTable(
    groups.map(({ origin, profiles }) => ({ origin, profiles: profiles.map(({ profile }) => profile) })),
  );
  return { table, groups };
}

/** Reads the profiles of a file or of a folder. */
export function readProfiles(path: string): { profiles: SourcedProfile[]; problems: Diagnostic[]; errors: string[] } {
  try {
    if (statSync(path).isDirectory()) return { ...loadProfiles(path), errors: [] };
    const { profiles, problems } = parseProfiles(readFileSync(path, 'utf8'), path);
    return { profiles, problems: [...problems, ...findDuplicateNames(profiles)], errors: [] };
  } catch (error) {
    return { profiles: [], problems: [], errors: [describeFileError(path, error)] };
  }
}

/** Reads a policy file; the default policy without one. */
export function loadPolicy(path: string | undefined): { policy: Policy } | { errors: string[] } {
  if (path === undefined) return { policy: defaultPolicy };
  try {
    const parsed = parsePolicy(readFileSync(path, 'utf8'), path);
    return 'policy' in parsed ? parsed : { errors: parsed.problems.map(formatDiagnostic) };
  } catch (error) {
    return { errors: [describeFileError(path, error)] };
  }
}
