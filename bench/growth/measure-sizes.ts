/** How the time of a review grows with the size of something. */
import type { AdmitSettings } from '../../src/admission/admit.ts';
import type { BenchContext } from '../context.ts';
import { interleave } from '../measure/rounds.ts';
import { growthExponent } from '../measure/statistics.ts';
import type { Figure } from '../report/figure.ts';
import { reviewOnce } from './review-once.ts';
import { timeReviews } from './time-reviews.ts';

export interface Sized {
  size: number;
  settings: AdmitSettings;
  /** The next body to review. */
  next: () => Buffer;
  /** How many reviews go before, so that each body has been seen. */
  seen?: number;
}

export interface Growth {
  setting: string;
  sizes: readonly Sized[];
  /** Of `time ~ size^exponent`, and from which size on: below, what every review costs rules. */
  exponent: { atMost: number; from: number };
}

export async function measureSizes(growth: Growth, { random, smoke, progress }: BenchContext): Promise<Figure[]> {
  const { setting, sizes, exponent } = growth;
  const rounds = smoke ? 1 : 9;
  const times = new Map<number, number[]>(sizes.map(({ size }) => [size, []]));
  for (const { next, settings, seen = 0 } of sizes) {
    for (let review = 0; review < seen; review++) reviewOnce(next(), settings);
    timeReviews(next, settings); // warm
  }
  await interleave(sizes, rounds, random, async ({ size, next, settings }) => {
    times.get(size)?.push(timeReviews(next, settings, smoke ? 5 : undefined));
  });
  const measured = sizes.filter(({ size }) => size >= exponent.from);
  const exponents = Array.from({ length: rounds }, (_, round) =>
    growthExponent(measured.map(({ size }) => [size, times.get(size)?.[round] ?? Number.NaN] as const)),
  );
  progress.step(`growth: ${setting}`);
  const common = { section: 'growth', setting, better: 'lower' as const };
  return [
    {
      ...common,
      measure: 'processor time',
      unit: 'µs',
      reference: String(sizes[0]?.size),
      series: sizes.map(({ size }) => ({ candidate: String(size), samples: times.get(size) ?? [] })),
    },
    {
      ...common,
      measure: `exponent from ${exponent.from} up`,
      unit: '',
      reference: 'growth',
      series: [{ candidate: 'growth', samples: exponents }],
      goals: [{ candidate: 'growth', atMost: exponent.atMost }],
    },
  ];
}
