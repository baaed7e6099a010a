import { stringify } from 'yaml';
import { parsePolicy } from '../policy/parse.ts';
import { defaultPolicy, type Policy } from '../policy/policy.ts';
import { formatDiagnostic } from '../yaml/diagnostic.ts';
import { exitCode, type Io } from './io.ts';
import { readText } from './read-text.ts';

/** Runs `permafrost policy show`. */
export async function showPolicy(
  file: string | undefined,
  { output }: { output: 'yaml' | 'json' },
  io: Io,
): Promise<number> {
  const loaded = file === undefined ? { policy: defaultPolicy } : await load(file, io);
  if ('errors' in loaded) {
    for (const error of loaded.errors) io.stderr.write(`${error}\n`);
    return exitCode.error;
  }
  const { exemptions, ...settings } = loaded.policy;
  const policy = {
    apiVersion: 'permafrost.dev/v1alpha1',
    kind: 'Policy',
    spec: { ...settings, exemptions: exemptions.list },
  };
  io.stdout.write(output === 'json' ? `${JSON.stringify(policy, null, 2)}\n` : stringify(policy, { lineWidth: 0 }));
  return exitCode.ok;
}

async function load(file: string, io: Io): Promise<{ policy: Policy } | { errors: string[] }> {
  const read = await readText(file, io);
  if ('error' in read) return { errors: [read.error] };
  const parsed = parsePolicy(read.text, file);
  return 'policy' in parsed ? parsed : { errors: parsed.problems.map(formatDiagnostic) };
}
