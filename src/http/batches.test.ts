import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { inBatches } from './batches.ts';

/** A clock that stands still: all that is done is done in one moment. */
const still = () => 0;

test('each step is done for all that came in a turn before the next one, in the order in which they came', async () => {
  const done: string[] = [];
  const add = inBatches<string>([(work) => done.push(`${work}1`), (work) => done.push(`${work}2`)], still);
  add('alone');
  expect(done).toEqual(['alone1', 'alone2']);
  add('a');
  add('b');
  expect(done.slice(2)).toEqual([]);
  await nextTurn();
  expect(done.slice(2)).toEqual(['a1', 'b1', 'a2', 'b2']);
  add('c');
  await nextTurn();
  expect(done.slice(6)).toEqual(['c1', 'c2']);
});

test('what comes long after the work before is done at once', async () => {
  let now = 0;
  const done: string[] = [];
  const add = inBatches<string>([(work) => done.push(work)], () => now);
  for (const work of ['a', 'b', 'c']) {
    now += 1;
    add(work);
    expect(done.at(-1)).toBe(work);
  }
  add('d');
  now += 1;
  add('e'); // behind the one that waits
  expect(done).toEqual(['a', 'b', 'c']);
  await nextTurn();
  expect(done).toEqual(['a', 'b', 'c', 'd', 'e']);
});

test('of very many, and of those that come meanwhile, none is lost, and none waits for more than some others', async () => {
  const done: number[] = [];
  let started = 0;
  let longest = 0;
  const add = inBatches<number>(
    [
      () => {
        started++;
      },
      (work) => {
        longest = Math.max(longest, started - done.length);
        done.push(work);
        if (work < 100) add(work + 100);
      },
    ],
    still,
  );
  for (let work = 0; work < 100; work++) add(work);
  while (done.length < 200) await nextTurn();
  expect(longest).toBe(16);
  expect(done.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 200 }, (_, work) => work));
});
