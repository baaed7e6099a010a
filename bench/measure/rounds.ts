import type { Random } from './random.ts';

/** Measures all candidates once in each round, in another order each time: nobody always runs first, or after the same neighbour. */
export async function interleave<C>(
  candidates: readonly C[],
  rounds: number,
  random: Random,
  measure: (candidate: C, round: number) => Promise<void>,
): Promise<void> {
  for (let round = 0; round < rounds; round++) {
    for (const candidate of random.shuffle(candidates)) await measure(candidate, round);
  }
}
