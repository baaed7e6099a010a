/** All figures as one table for the terminal. */
import { getBorderCharacters, table } from 'table';
import { summarize } from '../measure/statistics.ts';
import type { Figure, Series } from './figure.ts';
import { evaluateGoals } from './goals.ts';
import { formatNumber, formatRatio } from './numbers.ts';
import { ratiosOf } from './ratios.ts';

const titles = ['setting', 'measure', 'candidate', 'median', 'min–max', 'ratio', 'goal'];

export function tableOf(figures: readonly Figure[]): string {
  const rows = figures.flatMap((figure, index) => rowsOf(figure, figures[index - 1]));
  const starts = new Set(rows.flatMap(([setting], index) => (setting === '' ? [] : [index + 1])));
  return table([titles, ...rows], {
    border: getBorderCharacters('norc'),
    columns: { 3: { alignment: 'right' }, 4: { alignment: 'right' }, 5: { alignment: 'right' } },
    drawHorizontalLine: (index, count) => index === 0 || index === count || starts.has(index),
  });
}

function rowsOf(figure: Figure, previous: Figure | undefined): string[][] {
  const title = `${figure.section}: ${figure.setting}`;
  const isNew = previous?.setting !== figure.setting || previous.section !== figure.section;
  return figure.series.map((series, index) => [
    index === 0 && isNew ? title : '',
    index === 0 ? `${figure.measure} ${figure.unit}` : '',
    series.candidate,
    ...numbersOf(figure, series),
    goalsOf(figure, series),
  ]);
}

function numbersOf(figure: Figure, series: Series): string[] {
  const { median, min, max } = summarize(series.samples);
  const spread = series.samples.length > 1 ? `${formatNumber(min)}–${formatNumber(max)}` : '';
  return [formatNumber(median), spread, formatRatio(summarize(ratiosOf(figure, series)).median)];
}

function goalsOf(figure: Figure, { candidate }: Series): string {
  return evaluateGoals(figure)
    .filter(({ goal }) => goal.candidate === candidate)
    .map(({ text, isMet }) => `${isMet ? '✓' : '✗'} ${text}`)
    .join('\n');
}
