/** What is asked of profiles besides their schema, so that people can trust the table. */
import { canonicalPath } from '../harden/mounts.ts';
import { findOverlaps } from './overlaps.ts';
import type { SourcedProfile } from './parse.ts';

export interface LintProblem {
  sourced: SourcedProfile;
  /** Of the field, from the document's root. */
  path: (string | number)[];
  message: string;
}

/**
 * Checks profiles that are right by themselves.
 *
 * @param isTable whether they are the files of a folder, which are then named after what is in them
 */
export function lintProfiles(profiles: readonly SourcedProfile[], isTable: boolean): LintProblem[] {
  return [
    ...profiles.flatMap(lintProfile),
    ...lintOverlaps(profiles),
    ...lintFiles(profiles),
    ...(isTable ? lintFileNames(profiles) : []),
  ];
}

function lintProfile(sourced: SourcedProfile): LintProblem[] {
  const problems: LintProblem[] = [];
  const { spec } = sourced.profile;
  const report = (path: (string | number)[], message: string) => problems.push({ sourced, path, message });
  const paths = spec.writablePaths ?? [];
  for (const [index, { path, purpose, sources }] of paths.entries()) {
    const field = ['spec', 'writablePaths', index];
    const before = paths[index - 1];
    if (before && before.path > path) report([...field, 'path'], `comes before ${before.path}; sort the paths`);
    const same = paths.slice(0, index).find((other) => canonicalPath(other.path) === canonicalPath(path));
    if (same) report([...field, 'path'], `is the same place as ${same.path}; write it once`);
    if (!sources) report(field, 'needs sources of its own: what shows that the image writes here?');
    if (isTodo(purpose)) report([...field, 'purpose'], 'is still to be written');
    for (const [at, source] of (sources ?? []).entries()) {
      if (isTodo(source)) report([...field, 'sources', at], 'is still to be written');
    }
  }
  for (const [at, source] of spec.sources.entries()) {
    if (isTodo(source)) report(['spec', 'sources', at], 'is still to be written');
  }
  for (const [at, image] of spec.images.entries()) {
    if (spec.images.indexOf(image) < at) report(['spec', 'images', at], `"${image}" stands there twice`);
  }
  return problems;
}

/** As `permafrost profiles new` leaves it. */
function isTodo(text: string): boolean {
  return /\bTODO\b/.test(text);
}

function lintOverlaps(profiles: readonly SourcedProfile[]): LintProblem[] {
  const sourcedOf = new Map(profiles.map((sourced) => [sourced.profile, sourced]));
  return findOverlaps(profiles.map(({ profile }) => profile)).flatMap(({ image, winner, loser }) => {
    const sourced = sourcedOf.get(loser);
    const other = sourcedOf.get(winner);
    if (!sourced || !other) return [];
    const message = `"${winner.metadata.name}" (${other.file}:${other.line}) holds for the same tags of ${image}; narrow versions or tags of one`;
    return [{ sourced, path: ['spec', 'images', loser.spec.images.indexOf(image)], message }];
  });
}

/** All that is known of an image stands in one file. */
function lintFiles(profiles: readonly SourcedProfile[]): LintProblem[] {
  const fileOf = new Map<string, string>();
  const problems: LintProblem[] = [];
  for (const sourced of profiles) {
    for (const [index, image] of sourced.profile.spec.images.entries()) {
      const file = fileOf.get(image);
      if (file === undefined) fileOf.set(image, sourced.file);
      else if (file !== sourced.file) {
        const message = `${file} describes ${image} as well; keep both in one file`;
        problems.push({ sourced, path: ['spec', 'images', index], message });
      }
    }
  }
  return problems;
}

/** A file with one profile has its name, or the name of the family that it belongs to. */
function lintFileNames(profiles: readonly SourcedProfile[]): LintProblem[] {
  const byFile = Map.groupBy(profiles, ({ file }) => file);
  return [...byFile.values()].flatMap((inFile) => {
    const [sourced] = inFile;
    if (!sourced || inFile.length > 1) return [];
    const { name } = sourced.profile.metadata;
    const stem = sourced.file.replace(/^.*[/\\]/, '').replace(/\.ya?ml$/, '');
    if (name.includes(stem) || stem.includes(name)) return [];
    return [{ sourced, path: ['metadata', 'name'], message: `"${name}" is not what the file is called; rename one` }];
  });
}
