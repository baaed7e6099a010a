import type { BenchContext, SectionResult } from '../context.ts';

export async function measureCli(_context: BenchContext): Promise<SectionResult> {
  return { figures: [], notes: ['cli is not measured yet'] };
}
