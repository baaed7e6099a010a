import type { Diagnostic } from '../yaml/diagnostic.ts';
import { parseTypedDocuments } from '../yaml/typed-documents.ts';
import { type Policy, policySchema } from './policy.ts';

/**
 * Reads a policy file.
 *
 * @param file its name, for the errors
 * @returns the policy, or everything that is wrong with it
 */
export function parsePolicy(text: string, file: string): { policy: Policy } | { problems: Diagnostic[] } {
  const { values, problems } = parseTypedDocuments(text, file, policySchema);
  if (problems.length > 0) return { problems };
  const [first, second] = values;
  if (!first || second) {
    const message = `must hold exactly one Policy, but holds ${values.length}`;
    return { problems: [{ file, line: second?.line ?? 1, column: 1, message }] };
  }
  return { policy: first.value.spec };
}
