import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { reviewOnce, settingsWith } from '../growth/review-once.ts';
import { createRandom } from '../measure/random.ts';
import { writeManifests } from './manifests.ts';
import { everydayPod, largePod, nginxPod } from './pods.ts';
import { reviewOf } from './review.ts';

const body = (pod: Parameters<typeof reviewOf>[0], seed = 1) => JSON.stringify(reviewOf(pod, createRandom(seed)));

test('the reviews have the sizes that they are called by', () => {
  expect(body(nginxPod(createRandom(1))).length / 1000).toBeCloseTo(2, 0);
  expect(Math.round(body(largePod(createRandom(1), 100)).length / 20_000)).toBe(10);
});

test('a seed gives the same pods again', () => {
  expect(largePod(createRandom(3), 5)).toEqual(largePod(createRandom(3), 5));
  expect(largePod(createRandom(3), 5)).not.toEqual(largePod(createRandom(4), 5));
});

test('all of them are pods that get hardened', () => {
  const random = createRandom(2);
  const pods = [nginxPod(random), largePod(random, 100), ...Array.from({ length: 50 }, () => everydayPod(random))];
  const settings = settingsWith({});
  expect(pods.map((pod) => reviewOnce(Buffer.from(body(pod)), settings))).toEqual(pods.map(() => true));
});

test('as many manifests are written as were asked for', () => {
  const folder = mkdtempSync(join(tmpdir(), 'permafrost-manifests-'));
  try {
    const { workloads } = writeManifests(folder, 150, createRandom(1));
    expect(readdirSync(folder)).toHaveLength(150);
    expect(workloads).toBeGreaterThan(100);
    expect(workloads).toBeLessThan(150);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
