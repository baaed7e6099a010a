import { summarize } from '../measure/statistics.ts';
import type { Figure, Goal } from './figure.ts';
import { formatNumber, formatRatio } from './numbers.ts';
import { ratiosOf, seriesOf } from './ratios.ts';

export interface EvaluatedGoal {
  goal: Goal;
  value: number;
  isMet: boolean;
  /** Such as `0.63 of bare Node, at least 0.60`. */
  text: string;
}

/** Holds the goals of a figure against what was measured; those about candidates that were left out are left out too. */
export function evaluateGoals(figure: Figure): EvaluatedGoal[] {
  const isMeasured = (name: string) => figure.series.some(({ candidate }) => candidate === name);
  return (figure.goals ?? [])
    .filter(({ candidate, against }) => isMeasured(candidate) && (against === undefined || isMeasured(against)))
    .map((goal) => evaluate(figure, goal));
}

function evaluate(figure: Figure, goal: Goal): EvaluatedGoal {
  const { candidate, against, atLeast = Number.NEGATIVE_INFINITY, atMost = Number.POSITIVE_INFINITY } = goal;
  const series = seriesOf(figure, candidate);
  const { median: value } = summarize(against === undefined ? series.samples : ratiosOf(figure, series, against));
  const format = against === undefined ? formatNumber : formatRatio;
  const measured = against === undefined ? '' : `${format(value)} of ${against}, `;
  const wanted = goal.atLeast === undefined ? `at most ${format(atMost)}` : `at least ${format(atLeast)}`;
  return { goal, value, isMet: value >= atLeast && value <= atMost, text: measured + wanted };
}
