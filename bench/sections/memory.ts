import type { BenchContext, SectionResult } from '../context.ts';

export async function measureMemory(_context: BenchContext): Promise<SectionResult> {
  return { figures: [], notes: ['memory is not measured yet'] };
}
