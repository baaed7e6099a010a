import { expect, test } from 'vitest';
import { createRandom } from './random.ts';
import { interleave } from './rounds.ts';

async function orderOf(seed: number): Promise<string[]> {
  const order: string[] = [];
  await interleave(['a', 'b', 'c', 'd'], 6, createRandom(seed), async (candidate, round) => {
    order.push(`${round}${candidate}`);
  });
  return order;
}

test('each candidate is measured once in each round, before the next round begins', async () => {
  const order = await orderOf(1);
  expect(order).toHaveLength(24);
  expect(order.map((entry) => Number(entry[0]))).toEqual(order.map((_, index) => Math.floor(index / 4)));
  expect(new Set(order).size).toBe(24);
});

test('the order changes from round to round', async () => {
  const order = await orderOf(1);
  const rounds = new Set(
    Array.from({ length: 6 }, (_, round) =>
      order
        .slice(round * 4, round * 4 + 4)
        .join('')
        .replaceAll(/\d/g, ''),
    ),
  );
  expect(rounds.size).toBeGreaterThan(1);
});

test('the seed decides', async () => {
  expect(await orderOf(7)).toEqual(await orderOf(7));
  expect(await orderOf(7)).not.toEqual(await orderOf(8));
});
