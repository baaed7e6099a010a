import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { createAfterwards } from './afterwards.ts';

test('work is done later, in its order, or at once when somebody wants to see it', async () => {
  const done: number[] = [];
  const afterwards = createAfterwards(1);
  const add = (...all: number[]) => {
    for (const work of all) afterwards.add(() => done.push(work));
  };
  add(1, 2);
  expect(done).toEqual([]);
  afterwards.settle();
  expect(done).toEqual([1, 2]);
  add(3);
  expect(done).toEqual([1, 2]);
  while (done.length < 3) await sleep(1);
  afterwards.settle();
  expect(done).toEqual([1, 2, 3]);
});

test('of very many, and of those that come meanwhile, none is lost, and none waits for more than some others', () => {
  const done: number[] = [];
  const afterwards = createAfterwards(60_000);
  for (let work = 0; work < 16; work++) {
    expect(done).toEqual([]);
    afterwards.add(() => {
      done.push(work);
      afterwards.add(() => done.push(work + 16));
    });
  }
  afterwards.settle();
  expect(done).toEqual(Array.from({ length: 32 }, (_, work) => work));
});
