import { readFileSync, statSync } from 'node:fs';
import { LineCounter, parseAllDocuments } from 'yaml';
import { fieldPath } from '../harden/field-path.ts';
import { type LintProblem, lintProfiles as lint } from '../profiles/lint.ts';
import { findDuplicateNames, type SourcedProfile } from '../profiles/parse.ts';
import { type Diagnostic, formatDiagnostic, locateField } from '../yaml/diagnostic.ts';
import { exitCode, type Io } from './io.ts';
import { readProfiles } from './settings.ts';

/** Runs `permafrost profiles lint`: every problem on a line of its own, or how many profiles are fine. */
export async function lintProfiles(paths: readonly string[], io: Io): Promise<number> {
  const profiles: SourcedProfile[] = [];
  const problems: string[] = [];
  const unreadable: string[] = [];
  let isTable = false;
  for (const path of paths) {
    const read = readProfiles(path);
    profiles.push(...read.profiles);
    problems.push(...read.problems.map(formatDiagnostic));
    unreadable.push(...read.errors);
    if (read.errors.length === 0 && statSync(path).isDirectory()) isTable = true;
    if (read.profiles.length + read.problems.length + read.errors.length === 0) {
      unreadable.push(`${path}: no ImageProfile in it`);
    }
  }
  problems.push(...findDuplicateNames(profiles).map(formatDiagnostic));
  problems.push(...locate(lint(profiles, isTable)).map(formatDiagnostic));
  const lines = [...new Set([...unreadable, ...problems])];
  for (const line of lines) io.stderr.write(`${line}\n`);
  if (unreadable.length > 0) return exitCode.error;
  if (lines.length > 0) return exitCode.found;
  io.stdout.write(`${profiles.length} ${profiles.length === 1 ? 'profile' : 'profiles'}, no problems\n`);
  return exitCode.ok;
}

/** Only files with a problem are read again, to find its place. */
function locate(problems: readonly LintProblem[]): Diagnostic[] {
  return [...Map.groupBy(problems, ({ sourced }) => sourced.file)].flatMap(([file, found]) => {
    const lines = new LineCounter();
    const documents = parseAllDocuments(readFileSync(file, 'utf8'), { lineCounter: lines });
    return found.map(({ sourced, path, message }) => {
      const document = documents.find((candidate) => locateField(candidate, lines, []).line === sourced.line);
      const place = document ? locateField(document, lines, path) : { line: sourced.line, column: 1 };
      return { file, ...place, message: `${fieldPath(path)}: ${message}` };
    });
  });
}
