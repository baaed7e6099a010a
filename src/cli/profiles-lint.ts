import { findDuplicateNames, type SourcedProfile } from '../profiles/parse.ts';
import { formatDiagnostic } from '../yaml/diagnostic.ts';
import { exitCode, type Io } from './io.ts';
import { readProfiles } from './settings.ts';

/** Runs `permafrost profiles lint`: every problem on a line of its own, or how many profiles are fine. */
export async function lintProfiles(paths: readonly string[], io: Io): Promise<number> {
  const profiles: SourcedProfile[] = [];
  const problems: string[] = [];
  const unreadable: string[] = [];
  for (const path of paths) {
    const read = readProfiles(path);
    profiles.push(...read.profiles);
    problems.push(...read.problems.map(formatDiagnostic));
    unreadable.push(...read.errors);
    if (read.profiles.length + read.problems.length + read.errors.length === 0) {
      unreadable.push(`${path}: no ImageProfile in it`);
    }
  }
  problems.push(...findDuplicateNames(profiles).map(formatDiagnostic));
  const lines = [...new Set([...unreadable, ...problems])];
  for (const line of lines) io.stderr.write(`${line}\n`);
  if (unreadable.length > 0) return exitCode.error;
  if (lines.length > 0) return exitCode.found;
  io.stdout.write(`${profiles.length} ${profiles.length === 1 ? 'profile' : 'profiles'}, no problems\n`);
  return exitCode.ok;
}
