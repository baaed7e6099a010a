/** Writes the results of a run into the page that explains them. */
import { readFileSync, writeFileSync } from 'node:fs';
import { summarize } from '../measure/statistics.ts';
import type { Figure, Series } from './figure.ts';
import { evaluateGoals } from './goals.ts';
import type { Run } from './json.ts';
import { formatNumber, formatRatio } from './numbers.ts';
import { ratiosOf } from './ratios.ts';

const begin = '<!-- results: written by make bench -->';
const end = '<!-- end of results -->';

export function markdownOf({ date, seed, seconds, versions, notes, figures }: Run): string {
  const facts = { date: date.slice(0, 10), ...versions, seed: String(seed), 'took, in s': String(seconds) };
  const list = Object.entries(facts).map(([name, value]) => `${name} ${value}`);
  const settings = [...new Set(figures.map(titleOf))];
  const tables = settings.map(
    (title) => `### ${title}\n${tableOf(figures.filter((figure) => titleOf(figure) === title))}`,
  );
  return [`${list.join(' · ')}\n`, ...tables, ...notes.map((note) => `- ${note}\n`)].join('\n');
}

/** Puts the text where the page has its results. */
export function insertResults(page: string, results: string): string {
  const [before, rest] = page.split(begin);
  const after = rest?.split(end)[1];
  if (before === undefined || after === undefined) throw new Error(`the page has no lines ${begin} and ${end}`);
  return `${before}${begin}\n\n${results}\n${end}${after}`;
}

export function writeResults(file: string, run: Run): void {
  writeFileSync(file, insertResults(readFileSync(file, 'utf8'), markdownOf(run)));
}

const titleOf = ({ section, setting }: Figure): string => `${section}: ${setting}`;

function tableOf(figures: readonly Figure[]): string {
  const head = '| measure | candidate | median | min–max | ratio | goal |\n|---|---|---:|---:|---:|---|\n';
  return (
    head + figures.flatMap((figure) => figure.series.map((series, index) => rowOf(figure, series, index))).join('')
  );
}

function rowOf(figure: Figure, series: Series, index: number): string {
  const { median, min, max } = summarize(series.samples);
  const goals = evaluateGoals(figure).filter(({ goal }) => goal.candidate === series.candidate);
  const cells = [
    index === 0 ? `${figure.measure} ${figure.unit}`.trim() : '',
    series.candidate,
    formatNumber(median),
    series.samples.length > 1 ? `${formatNumber(min)}–${formatNumber(max)}` : '',
    formatRatio(summarize(ratiosOf(figure, series)).median),
    goals.map(({ isMet, text }) => `${isMet ? '✓' : '✗'} ${text}`).join('; '),
  ];
  return `| ${cells.join(' | ')} |\n`;
}
