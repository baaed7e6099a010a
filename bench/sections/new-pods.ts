/** A second row for Permafrost: what it costs when nothing that it remembers helps. */
import type { LoadCandidate } from './measure-load.ts';

/**
 * Adds to Permafrost the same process under another name, to which other bodies are sent; leaves all others as they are.
 *
 * @param bodies a file with pods of many templates
 */
export function withNewPods(candidates: readonly LoadCandidate[], bodies: string): LoadCandidate[] {
  return candidates.flatMap((candidate) => {
    if (candidate.name !== 'Permafrost') return [candidate];
    const target = { ...candidate.target, bodies };
    return [candidate, { ...candidate, name: `${candidate.name}, new pods`, target }];
  });
}
