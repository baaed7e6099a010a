import type { Rule } from './rule.ts';
import { privileged } from './rules/privileged.ts';
import { readOnlyRootFilesystem } from './rules/read-only-root-filesystem.ts';
import { remount } from './rules/remount.ts';
import { writablePaths } from './rules/writable-paths.ts';

/** All rules, in the order in which they run. */
export const rules: readonly Rule[] = [readOnlyRootFilesystem, privileged, remount, writablePaths];
