import type { BenchContext, SectionResult } from '../context.ts';

export async function measureApiServer(_context: BenchContext): Promise<SectionResult> {
  return { figures: [], notes: ['apiserver is not measured yet'] };
}
