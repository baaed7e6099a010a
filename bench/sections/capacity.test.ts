import { expect, test } from 'vitest';
import type { Figure } from '../report/figure.ts';
import { describeCapacity } from './capacity.ts';

const figure = (measure: string, seconds: number): Figure => ({
  section: 'apiserver',
  setting: '',
  measure,
  unit: 's/1,000',
  better: 'lower',
  reference: 'constant patch',
  series: [
    { candidate: 'constant patch', samples: [9] },
    { candidate: 'Permafrost', samples: [seconds] },
  ],
});

test('the dearest setting says what a replica carries, and with it how many are needed', () => {
  const cheap = figure('CPU of the webhook', 0.5);
  const others = figure('CPU with the API server', 50);
  expect(describeCapacity([cheap, figure('CPU of the webhook', 0.8), others])).toMatch(
    /0\.80 s .* carries 1,250 a second; .* and 500 if .*: one replica does, and one more/,
  );
  expect(describeCapacity([cheap, figure('CPU of the webhook', 4)])).toMatch(
    /carries 250 a second; .*: 2 replicas do,/,
  );
});
