import { ratios } from '../measure/statistics.ts';
import type { Figure, Series } from './figure.ts';

export function seriesOf({ series, measure }: Figure, candidate: string): Series {
  const found = series.find((one) => one.candidate === candidate);
  if (!found) throw new Error(`${measure} was not measured of ${candidate}`);
  return found;
}

/** Of each round, to the reference or to another candidate. */
export function ratiosOf(figure: Figure, series: Series, against = figure.reference): number[] {
  return ratios(series.samples, seriesOf(figure, against).samples);
}
