/** `permafrost profiles compare`: what manifests that run read-only mount themselves, against what the profiles would have mounted. */
import { createReadStream } from 'node:fs';
import { compareContainers, type ImageComparison, summarize } from '../harden/compare.ts';
import { parsePod } from '../harden/pod.ts';
import { today } from '../today.ts';
import { version } from '../version.ts';
import { decodeText } from '../yaml/decode-text.ts';
import { parseKubernetesDocument } from '../yaml/parse-document.ts';
import { splitDocuments } from '../yaml/split-documents.ts';
import { positionOf } from '../yaml/text-lines.ts';
import { describeFileError } from './file-error.ts';
import { findInputs } from './harden/find-inputs.ts';
import { findWorkloads } from './harden/workload.ts';
import { exitCode, type Io } from './io.ts';
import { loadPolicy, loadTable } from './settings.ts';
import { tableText } from './table-text.ts';

export interface CompareFlags {
  recursive?: boolean;
  output?: 'table' | 'json';
  policy?: string;
  profiles?: string[];
}

/** Runs the command. */
export async function compareProfiles(inputs: readonly string[], flags: CompareFlags, io: Io): Promise<number> {
  const profiles = loadTable(flags.profiles ?? []);
  const policy = loadPolicy(flags.policy);
  const found = findInputs(inputs, flags.recursive === true);
  const errors = [
    ...[profiles, policy].flatMap((loaded) => ('errors' in loaded ? loaded.errors : [])),
    ...found.errors,
  ];
  const images = new Map<string, ImageComparison>();
  if ('table' in profiles && 'policy' in policy) {
    const settings = { profiles: profiles.table, policy: policy.policy, version };
    for (const file of found.files) {
      for await (const part of podsOf(file, io)) {
        if ('error' in part) errors.push(part.error);
        else compareContainers(part.pod, settings, { namespace: part.namespace, today: today() }, images);
      }
    }
  }
  if (errors.length > 0) {
    for (const error of errors) io.stderr.write(`${error}\n`);
    return exitCode.error;
  }
  const results = [...images.values()].toSorted((a, b) => (a.image < b.image ? -1 : 1));
  io.stdout.write(flags.output === 'json' ? asJson(results) : asTable(results));
  return exitCode.ok;
}

async function* podsOf(file: string, io: Io) {
  const fail = (line: number, column: number, message: string) => ({ error: `${file}:${line}:${column}: ${message}` });
  try {
    for await (const part of splitDocuments(decodeText(file === '-' ? io.stdin : createReadStream(file)))) {
      if ('problem' in part) {
        yield fail(part.problem.line, part.problem.column, part.problem.message);
        return;
      }
      const text = part.text.replace(/^\uFEFF/, '');
      const parsed = parseKubernetesDocument(text);
      if ('broken' in parsed) {
        const { line, column } = positionOf(text, parsed.broken.offset);
        yield fail(part.line - 1 + line, column, parsed.broken.message);
        continue;
      }
      for (const workload of findWorkloads(parsed.value)) {
        const pod = parsePod(workload.pod);
        if (pod.ok) yield { pod: pod.pod, namespace: workload.namespace ?? 'default' };
      }
    }
  } catch (error) {
    yield { error: describeFileError(file, error) };
  }
}

function asJson(results: readonly ImageComparison[]): string {
  return `${JSON.stringify({ images: results, total: summarize(results) }, null, 2)}\n`;
}

function asTable(results: readonly ImageComparison[]): string {
  if (results.length === 0) return 'no container with readOnlyRootFilesystem: true, so nothing to compare\n';
  const rows = results.map(({ image, profile, wanted, missing, extra }) => [
    image,
    profile ?? '-',
    `${wanted.length - missing.length}/${wanted.length}`,
    missing.join(' ') || '-',
    extra.join(' ') || '-',
  ]);
  const { images, containers, withoutProfile, wanted, found, recall, extra } = summarize(results);
  const percent = recall === null ? '' : ` (${(100 * recall).toFixed(1)} %)`;
  return (
    `${tableText(['IMAGE', 'PROFILE', 'FOUND', 'MISSING', 'EXTRA'], rows)}\n` +
    `${containers} read-only containers of ${images} images, ${withoutProfile} of them without a profile\n` +
    `recall: ${found} of ${wanted} paths${percent}; extra: ${extra}\n`
  );
}
