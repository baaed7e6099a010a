import type { Diagnostic } from '../yaml/diagnostic.ts';
import { parseTypedDocuments } from '../yaml/typed-documents.ts';
import { type ImageProfile, imageProfileSchema } from './profile.ts';

/** A profile and where it stands. */
export interface SourcedProfile {
  profile: ImageProfile;
  file: string;
  line: number;
}

/**
 * Reads the profiles of one file.
 *
 * @param file its name, for the errors
 * @returns the profiles that are right, and everything that is wrong with the others
 */
export function parseProfiles(text: string, file: string): { profiles: SourcedProfile[]; problems: Diagnostic[] } {
  const { values, problems } = parseTypedDocuments(text, file, imageProfileSchema);
  return { profiles: values.map(({ value, line }) => ({ profile: value, file, line })), problems };
}

/** Finds profiles that share a name, which may stand in one file or in several. */
export function findDuplicateNames(profiles: readonly SourcedProfile[]): Diagnostic[] {
  const first = new Map<string, SourcedProfile>();
  const problems: Diagnostic[] = [];
  for (const sourced of profiles) {
    const { name } = sourced.profile.metadata;
    const earlier = first.get(name);
    if (!earlier) first.set(name, sourced);
    else {
      const message = `metadata.name: "${name}" is also the name of the profile at ${earlier.file}:${earlier.line}; choose another`;
      problems.push({ file: sourced.file, line: sourced.line, column: 1, message });
    }
  }
  return problems;
}
