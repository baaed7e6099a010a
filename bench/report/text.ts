/** What a run prints: what it ran on, one table, and what must be known to read it. */
import type { Run } from './json.ts';
import { tableOf } from './table.ts';

export function reportOf({ versions, figures, notes, seed, seconds }: Run): string {
  const facts = Object.entries({ ...versions, seed: String(seed), 'took, in s': String(seconds) });
  const width = Math.max(...facts.map(([name]) => name.length));
  const head = facts.map(([name, value]) => `${name.padEnd(width)}  ${value}\n`).join('');
  const foot = notes.map((note) => `- ${note}\n`).join('');
  return `\n${head}\n${tableOf(figures)}${foot}`;
}
