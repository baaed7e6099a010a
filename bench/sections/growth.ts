import type { BenchContext, SectionResult } from '../context.ts';

export async function measureGrowth(_context: BenchContext): Promise<SectionResult> {
  return { figures: [], notes: ['growth is not measured yet'] };
}
