/** The policy in a file, which somebody may change while the server runs. */
import { readFile } from 'node:fs/promises';
import { formatDiagnostic } from '../yaml/diagnostic.ts';
import { parsePolicy } from './parse.ts';
import type { Policy } from './policy.ts';

/**
 * Follows a policy file. It is read and compared every time: the kubelet swaps a link above the files of a ConfigMap, which no watch on
 * the file sees. What is wrong is reported once, and only when it is still there at the next look: an editor may be half-way.
 *
 * @param current the text in use
 * @param every milliseconds between two looks
 * @param onPolicy gets each new policy
 * @param onProblem gets what is wrong with one
 */
export function watchPolicyFile(
  file: string,
  current: string,
  every: number,
  onPolicy: (policy: Policy) => void,
  onProblem: (problems: string[]) => void,
): { stop(): void } {
  let settled = current;
  let suspect: string | undefined;
  let isReading = false;

  const look = async (): Promise<void> => {
    const text = await readFile(file, 'utf8').catch((error: Error) => error);
    const state = typeof text === 'string' ? text : text.message;
    if (state === settled) {
      suspect = undefined;
      return;
    }
    const parsed = typeof text === 'string' ? parsePolicy(text, file) : { problems: [] };
    if ('policy' in parsed) onPolicy(parsed.policy);
    else if (state === suspect) {
      onProblem(typeof text === 'string' ? parsed.problems.map(formatDiagnostic) : [`${file}: ${state}`]);
    } else {
      suspect = state;
      return;
    }
    suspect = undefined;
    settled = state;
  };

  const timer = setInterval(() => {
    if (isReading) return;
    isReading = true;
    look()
      .catch((error: unknown) => onProblem([`${file}: ${String(error)}`]))
      .finally(() => {
        isReading = false;
      });
  }, every);
  timer.unref();
  return { stop: () => clearInterval(timer) };
}
