/** The whole run as data: every sample, so that anybody can work out something else. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { summarize } from '../measure/statistics.ts';
import type { Figure } from './figure.ts';
import { evaluateGoals } from './goals.ts';
import { ratiosOf } from './ratios.ts';

export interface Run {
  date: string;
  seed: number;
  seconds: number;
  versions: Record<string, string>;
  notes: string[];
  figures: Figure[];
}

export function jsonOf({ figures, ...rest }: Run): string {
  const complete = figures.map(({ series, goals: _, ...figure }) => ({
    ...figure,
    series: series.map((one) => ({
      ...one,
      ...summarize(one.samples),
      ratio: summarize(ratiosOf({ series, ...figure }, one)),
    })),
    goals: evaluateGoals({ series, ...figure, ...(_ && { goals: _ }) }),
  }));
  return `${JSON.stringify({ ...rest, figures: complete }, roundNumber, 2)}\n`;
}

export function writeJson(file: string, run: Run): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, jsonOf(run));
}

function roundNumber(_key: string, value: unknown): unknown {
  return typeof value === 'number' && !Number.isInteger(value) ? Number(value.toPrecision(6)) : value;
}
