import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { inBatches } from './batches.ts';

test('each step is done for all that came in a turn before the next one, in the order in which they came', async () => {
  const done: string[] = [];
  const add = inBatches<string>([(work) => done.push(`${work}1`), (work) => done.push(`${work}2`)]);
  add('a');
  add('b');
  expect(done).toEqual([]);
  await nextTurn();
  expect(done).toEqual(['a1', 'b1', 'a2', 'b2']);
  add('c');
  await nextTurn();
  expect(done.slice(4)).toEqual(['c1', 'c2']);
});

test('of very many, and of those that come meanwhile, none is lost, and none waits for more than some others', async () => {
  const done: number[] = [];
  let started = 0;
  let longest = 0;
  const add = inBatches<number>([
    () => {
      started++;
    },
    (work) => {
      longest = Math.max(longest, started - done.length);
      done.push(work);
      if (work < 100) add(work + 100);
    },
  ]);
  for (let work = 0; work < 100; work++) add(work);
  while (done.length < 200) await nextTurn();
  expect(longest).toBe(32);
  expect(done).toEqual(Array.from({ length: 200 }, (_, work) => work));
});
