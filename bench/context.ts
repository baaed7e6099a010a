/** What every section gets, and what it is. */
import type { Field } from './apiserver/field.ts';
import type { Random } from './measure/random.ts';
import type { Figure } from './report/figure.ts';
import type { Progress } from './report/progress.ts';
import type { Program } from './servers/permafrost.ts';
import type { Workspace } from './workspace.ts';

export const sectionNames = ['server', 'apiserver', 'memory', 'growth', 'cli'] as const;
export type SectionName = (typeof sectionNames)[number];

export interface BenchContext {
  /** Seconds instead of minutes, and no peers: whether anything is answered at all, not how fast. */
  smoke: boolean;
  peers: boolean;
  random: Random;
  space: Workspace;
  progress: Progress;
  permafrost: Program;
  /** Of all that is measured and measured with; sections add to it. */
  versions: Record<string, string>;
  /** The real API server with all candidates; started for the first section that needs it, stopped at the end of the run. */
  field(): Promise<Field>;
}

export interface SectionResult {
  figures: Figure[];
  /** What a reader must know, a sentence each. */
  notes?: string[];
}

export type Section = (context: BenchContext) => Promise<SectionResult>;
