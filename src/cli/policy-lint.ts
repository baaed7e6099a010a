import { LineCounter, parseDocument } from 'yaml';
import { advise } from '../policy/advice.ts';
import { parsePolicy } from '../policy/parse.ts';
import { defaultPolicy } from '../policy/policy.ts';
import { today } from '../today.ts';
import { formatDiagnostic, locateField } from '../yaml/diagnostic.ts';
import { exitCode, type Io } from './io.ts';
import { readText } from './read-text.ts';

/** Runs `permafrost policy lint`. */
export async function lintPolicies(files: readonly string[], flags: { strict?: boolean }, io: Io): Promise<number> {
  const count = { unreadable: 0, errors: 0, warnings: 0 };
  for (const file of files) {
    const read = await readText(file, io);
    if ('error' in read) {
      count.unreadable++;
      io.stderr.write(`${read.error}\n`);
      continue;
    }
    const parsed = parsePolicy(read.text, file);
    if ('problems' in parsed) {
      count.errors += parsed.problems.length;
      for (const problem of parsed.problems) io.stderr.write(`${formatDiagnostic(problem)}\n`);
      continue;
    }
    const lines = new LineCounter();
    const document = parseDocument(read.text, { lineCounter: lines });
    const written = parsed.policy.registryMirrors.length - defaultPolicy.registryMirrors.length;
    for (const { severity, path, message } of advise(parsed.policy, written, today())) {
      if (severity === 'warning') count.warnings++;
      const place = { file, ...locateField(document, lines, path), message: `${severity}: ${message}` };
      io.stderr.write(`${formatDiagnostic(place)}\n`);
    }
  }
  if (count.unreadable > 0) return exitCode.error;
  if (count.errors > 0) return exitCode.found;
  const what = `${files.length} ${files.length === 1 ? 'policy' : 'policies'}, no errors`;
  io.stdout.write(`${what}${count.warnings > 0 ? `, warnings: ${count.warnings}` : ''}\n`);
  return flags.strict && count.warnings > 0 ? exitCode.found : exitCode.ok;
}
