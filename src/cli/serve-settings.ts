import { readFileSync, statSync } from 'node:fs';
import type { AdmitSettings } from '../admission/admit.ts';
import { defaultOwnNamespace } from '../kube/webhook-configuration.ts';
import { parsePolicy } from '../policy/parse.ts';
import { defaultPolicy, type Policy } from '../policy/policy.ts';
import { builtInFolder, loadProfiles } from '../profiles/load.ts';
import { findDuplicateNames, parseProfiles, type SourcedProfile } from '../profiles/parse.ts';
import { createProfileTable } from '../profiles/table.ts';
import { version } from '../version.ts';
import { type Diagnostic, formatDiagnostic } from '../yaml/diagnostic.ts';
import { UsageError } from './command.ts';
import type { ServeFlags } from './serve-command.ts';

/** Loads all that a review depends on. */
export function loadAdmitSettings(flags: ServeFlags, env: Record<string, string | undefined>): AdmitSettings {
  const builtIn = loadProfiles(builtInFolder);
  refuseProblems(builtIn.problems);
  const own = (flags.profiles ?? []).flatMap(readProfiles);
  refuseProblems(findDuplicateNames(own));
  return {
    profiles: createProfileTable([
      { origin: 'built-in', profiles: builtIn.profiles.map(({ profile }) => profile) },
      { origin: 'custom', profiles: own.map(({ profile }) => profile) },
    ]),
    policy: flags.policy === undefined ? defaultPolicy : readPolicy(flags.policy),
    version,
    ownNamespace: flags.ownNamespace ?? (env['POD_NAMESPACE'] || defaultOwnNamespace),
  };
}

function readPolicy(file: string): Policy {
  const result = parsePolicy(readText('--policy', file), file);
  if ('policy' in result) return result.policy;
  refuseProblems(result.problems);
  throw new UsageError(`--policy ${file}: no Policy in it`);
}

function readProfiles(path: string): SourcedProfile[] {
  const result = isFolder(path) ? loadProfiles(path) : parseProfiles(readText('--profiles', path), path);
  refuseProblems(result.problems);
  if (result.profiles.length === 0) throw new UsageError(`--profiles ${path}: no ImageProfile in it`);
  return result.profiles;
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

function readText(flag: string, file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new UsageError(`${flag}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function refuseProblems(problems: readonly Diagnostic[]): void {
  if (problems.length > 0) throw new UsageError(problems.map(formatDiagnostic).join('\n'));
}
