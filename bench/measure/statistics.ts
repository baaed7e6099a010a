/** The few numbers that say what many measurements say. */

export interface Summary {
  median: number;
  min: number;
  max: number;
}

/** @param samples at least one */
export function summarize(samples: readonly number[]): Summary {
  const sorted = samples.toSorted((a, b) => a - b);
  const [min, max] = [sorted[0], sorted.at(-1)];
  if (min === undefined || max === undefined) throw new Error('there is nothing to summarize');
  const middle = (sorted.length - 1) / 2;
  const median = ((sorted[Math.floor(middle)] ?? min) + (sorted[Math.ceil(middle)] ?? max)) / 2;
  return { median, min, max };
}

/**
 * How many times the reference, round by round: what the machine does besides slows both of a round alike. Without a round in common
 * there are the medians.
 */
export function ratios(samples: readonly number[], reference: readonly number[]): number[] {
  if (samples.length === reference.length)
    return samples.map((sample, round) => sample / (reference[round] ?? Number.NaN));
  return [summarize(samples).median / summarize(reference).median];
}

export interface Line {
  slope: number;
  intercept: number;
}

/** The line with the least squares through points. */
export function fitLine(points: readonly (readonly [x: number, y: number])[]): Line {
  const meanX = points.reduce((sum, [x]) => sum + x, 0) / points.length;
  const meanY = points.reduce((sum, [, y]) => sum + y, 0) / points.length;
  const covariance = points.reduce((sum, [x, y]) => sum + (x - meanX) * (y - meanY), 0);
  const variance = points.reduce((sum, [x]) => sum + (x - meanX) ** 2, 0);
  const slope = covariance / variance;
  return { slope, intercept: meanY - slope * meanX };
}

/** The k of `time ~ size^k`: 0 is flat, 1 linear. */
export function growthExponent(points: readonly (readonly [size: number, time: number])[]): number {
  return fitLine(points.map(([size, time]) => [Math.log(size), Math.log(time)] as const)).slope;
}
