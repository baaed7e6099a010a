import { expect, test } from 'vitest';
import { hour } from './settings.ts';
import { createWriteBudget } from './write-budget.ts';

test('ten writes are free, then there is one every five seconds, until a pause fills it up again', () => {
  const budget = createWriteBudget();
  const writesIn = (from: number, until: number) => {
    let count = 0;
    for (let time = from; time < until; time += 100) {
      if (budget.mayWriteAt() > time) continue;
      budget.spend(time);
      count++;
    }
    return count;
  };
  expect(writesIn(0, 1_000)).toBe(10);
  expect(writesIn(1_000, 101_000)).toBe(20);
  expect(writesIn(hour, hour + 1_000)).toBe(10);
});
