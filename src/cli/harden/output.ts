/** Where hardened documents go: standard output, a diff, patches, a list, or the files themselves; at the end, or not at all. */
import { colorsFor } from '../color.ts';
import type { HardenFlags } from '../harden-command.ts';
import type { Io } from '../io.ts';
import type { HardenedDocument } from './harden-document.ts';
import { createJoiner } from './join-documents.ts';
import { lineChanges } from './line-changes.ts';
import { createFileReplacements, type FileReplacement } from './replace-files.ts';
import { createSpool } from './spool.ts';
import { resourceName } from './summary.ts';
import { createDiffWriter, type DiffWriter } from './unified-diff.ts';

export interface Output {
  begin(file: string): void;
  add(document: HardenedDocument, before: string, isFirstOfFile: boolean): void;
  /** Ends the file. */
  end(): void;
  /** Writes what was held back. */
  commit(): Promise<void>;
  /** Writes what was held back of a KRM function's answer, though there were errors. */
  answer(): Promise<void>;
  /** Drops what is still held back. */
  discard(): void;
}

export function createOutput(flags: HardenFlags, io: Io): Output {
  const spool = createSpool();
  const writesManifests = !flags.diff && !flags.check && !flags.inPlace && flags.output !== 'patch';
  const joiner = createJoiner(flags.output === 'patch' ? undefined : flags.output, spool);
  const replacements = flags.inPlace ? createFileReplacements() : undefined;
  const colors = colorsFor(io.stdout, io.env, flags.color);
  let name = '';
  let diff: DiffWriter | undefined;
  let replacement: FileReplacement | undefined;
  let isChanged = false;

  return {
    begin(file) {
      name = file;
      isChanged = false;
      if (flags.diff) diff = createDiffWriter(file === '-' ? 'stdin' : file, colors, (text) => spool.write(text));
      replacement = replacements?.begin(file);
    },
    add(document, before, isFirstOfFile) {
      isChanged ||= document.changed;
      if (writesManifests) joiner.add(document, isFirstOfFile);
      diff?.add(lineChanges(before, document.text, document.edits));
      replacement?.write(document.text);
      if (flags.output === 'patch' && document.format !== 'empty') spool.write(`${JSON.stringify(document.patch)}\n`);
      if (flags.check && !flags.diff) {
        for (const { workload, outcome } of document.reports) {
          if (outcome.kind === 'changed') spool.write(`${name}: ${resourceName(workload)} would change\n`);
        }
      }
    },
    end() {
      diff?.end();
      replacement?.end(isChanged);
    },
    async commit() {
      replacements?.commit();
      await spool.copyTo(io.stdout);
    },
    async answer() {
      if (writesManifests) await spool.copyTo(io.stdout);
    },
    discard() {
      spool.close();
      replacements?.discard();
    },
  };
}
