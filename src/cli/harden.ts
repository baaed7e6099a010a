/** `permafrost harden`: reads manifests, hardens them, and writes all of them or nothing. */
import { createReadStream } from 'node:fs';
import { today } from '../today.ts';
import { version } from '../version.ts';
import { decodeText } from '../yaml/decode-text.ts';
import { splitDocuments } from '../yaml/split-documents.ts';
import { positionOf } from '../yaml/text-lines.ts';
import { colorsFor } from './color.ts';
import { describeFileError } from './file-error.ts';
import { checkFlags } from './harden/check-flags.ts';
import { createErrors, type Errors } from './harden/errors.ts';
import { findInputs } from './harden/find-inputs.ts';
import { type DocumentSettings, type HardenedDocument, hardenDocument } from './harden/harden-document.ts';
import { createOutput, type Output } from './harden/output.ts';
import { createProgress, type Progress } from './harden/progress.ts';
import { createSummary, type Summary } from './harden/summary.ts';
import type { HardenFlags } from './harden-command.ts';
import { exitCode, type Io } from './io.ts';
import { loadPolicy, loadTable } from './settings.ts';

/** Runs `permafrost harden`. */
export async function harden(inputs: readonly string[], flags: HardenFlags, io: Io): Promise<number> {
  checkFlags(inputs, flags, io.stdin.isTTY === true);
  const errors = createErrors();
  const settings = loadSettings(flags, errors);
  const found = findInputs(inputs.length === 0 ? ['-'] : inputs, flags.recursive === true);
  for (const error of found.errors) errors.add(error);
  if (!settings || found.files.length === 0) {
    io.stderr.write(errors.write());
    return exitCode.error;
  }
  const run: Run = {
    io,
    settings,
    errors,
    output: createOutput(flags, io),
    summary: createSummary(),
    progress: createProgress(io.stderr),
    count: { changed: 0, functions: 0 },
  };
  try {
    for (const file of found.files) await readFile(file, run);
    run.progress.erase();
    if (io.shutdown.aborted) return interrupted;
    if (errors.count > 0) {
      // a function's errors are in the results of its answer
      if (run.count.functions > 0) await run.output.answer();
      io.stderr.write(errors.write());
      return exitCode.error;
    }
    await run.output.commit();
  } finally {
    run.progress.erase();
    run.output.discard();
  }
  if (!flags.quiet && run.count.functions === 0) {
    const isTerminal = io.stderr.isTTY === true;
    io.stderr.write(
      run.summary.write(colorsFor(io.stderr, io.env, flags.color), isTerminal ? (io.stderr.columns ?? 80) : undefined),
    );
  }
  return flags.check && run.count.changed > 0 ? exitCode.found : exitCode.ok;
}

/** As a shell reports a process that SIGINT ended. */
const interrupted = 130;

interface Run {
  io: Io;
  settings: DocumentSettings;
  errors: Errors;
  output: Output;
  summary: Summary;
  progress: Progress;
  count: { changed: number; functions: number };
}

function loadSettings(flags: HardenFlags, errors: Errors): DocumentSettings | undefined {
  const profiles = loadTable(flags.profiles ?? []);
  const policy = loadPolicy(flags.policy);
  if ('errors' in profiles) for (const error of profiles.errors) errors.add(error);
  if ('errors' in policy) for (const error of policy.errors) errors.add(error);
  if ('errors' in profiles || 'errors' in policy) return undefined;
  return {
    profiles: profiles.table,
    policy: policy.policy,
    version,
    namespace: flags.namespace ?? 'default',
    today: today(),
  };
}

async function readFile(file: string, run: Run): Promise<void> {
  const { io, errors, output, summary } = run;
  const stream = file === '-' ? io.stdin : createReadStream(file, { highWaterMark: 256 * 1024 });
  const stop = () => stream.destroy();
  io.shutdown.addEventListener('abort', stop);
  let isFirst = true;
  try {
    if (errors.count === 0) output.begin(file);
    for await (const part of splitDocuments(decodeText(stream))) {
      if (io.shutdown.aborted) return;
      if ('problem' in part) {
        errors.add({ file, ...part.problem });
        break;
      }
      run.progress.tick();
      const bom = isFirst && part.text.startsWith('\uFEFF') ? '\uFEFF' : '';
      const text = part.text.slice(bom.length);
      const document = hardenDocument(text, run.settings);
      for (const { offset, message } of document.problems) {
        const { line, column } = positionOf(text, offset);
        errors.add({ file, line: part.line - 1 + line, column, message });
      }
      if (document.isFunction) run.count.functions++;
      if (document.reports.some(({ outcome }) => outcome.kind === 'changed')) run.count.changed++;
      if (document.reports.length > 0) summary.add(document.reports);
      else if (document.format !== 'empty') summary.addOther();
      if (errors.count === 0 || document.isFunction) output.add(withBom(document, bom), bom + text, isFirst);
      isFirst = false;
    }
    if (errors.count === 0) output.end();
    if (isFirst && errors.count === 0) io.stderr.write(`${file}: empty, nothing to harden\n`);
  } catch (error) {
    if (!io.shutdown.aborted) errors.add(describeFileError(file, error));
  } finally {
    io.shutdown.removeEventListener('abort', stop);
  }
}

function withBom(document: HardenedDocument, bom: string): HardenedDocument {
  if (bom === '') return document;
  const edits = document.edits?.map((edit) => ({ ...edit, start: edit.start + 1, end: edit.end + 1 }));
  return { ...document, text: bom + document.text, edits };
}
