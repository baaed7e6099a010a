import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fitLine, growthExponent, ratios, summarize } from './statistics.ts';

test('the median is the middle one, or between the middle two', () => {
  expect(summarize([5, 1, 3])).toEqual({ median: 3, min: 1, max: 5 });
  expect(summarize([4, 1, 3, 2])).toEqual({ median: 2.5, min: 1, max: 4 });
  expect(summarize([7])).toEqual({ median: 7, min: 7, max: 7 });
});

test('nothing measured is no zero', () => {
  expect(() => summarize([])).toThrow('nothing');
});

test('order does not matter', () => {
  const samples = fc.array(fc.integer({ min: 1, max: 1000 }), { minLength: 1 });
  fc.assert(
    fc.property(samples, (list) => {
      expect(summarize(list.toReversed())).toEqual(summarize(list));
    }),
  );
});

test('a ratio is taken round by round: what slows a whole round changes nothing', () => {
  expect(ratios([50, 25, 100], [100, 50, 200])).toEqual([0.5, 0.5, 0.5]);
});

test('with another number of rounds there is the ratio of the medians', () => {
  expect(ratios([1, 2, 3], [4])).toEqual([0.5]);
});

test('a line goes through points on it', () => {
  const { slope, intercept } = fitLine([
    [0, 1],
    [2, 5],
    [4, 9],
  ]);
  expect(slope).toBeCloseTo(2);
  expect(intercept).toBeCloseTo(1);
});

test.each([0, 0.5, 1, 2])('the exponent of size^%d is found', (exponent) => {
  const points = [1, 10, 100, 1000].map((size) => [size, 3 * size ** exponent] as const);
  expect(growthExponent(points)).toBeCloseTo(exponent);
});
