/** What grows with what: the time of a review with the pod, the table and the policy; memory with time. */
import type { BenchContext, SectionResult } from '../context.ts';
import { measureDay } from '../growth/day.ts';
import { generatePolicy, generateProfiles, imageOf } from '../growth/generate.ts';
import { measureSizes, type Sized } from '../growth/measure-sizes.ts';
import { settingsWith } from '../growth/review-once.ts';
import type { Random } from '../measure/random.ts';
import { everydayPod, largePod, podOfImages } from '../workloads/pods.ts';
import { type PodObject, reviewOf } from '../workloads/review.ts';

export async function measureGrowth(context: BenchContext): Promise<SectionResult> {
  const { random } = context;
  const figures = [
    ...(await measureSizes(
      { setting: 'containers of a pod', sizes: podSizes(random), exponent: { from: 10, atMost: 1.1 } },
      context,
    )),
    ...(await measureSizes(
      { setting: 'profiles in the table', sizes: tableSizes(random), exponent: { from: 10, atMost: 0.1 } },
      context,
    )),
    ...(await measureSizes(
      {
        setting: 'exemptions, pods seen before',
        sizes: policySizes(random, false),
        exponent: { from: 1, atMost: 0.1 },
      },
      context,
    )),
    ...(await measureSizes(
      { setting: 'exemptions, each pod new', sizes: policySizes(random, true), exponent: { from: 1, atMost: 0.1 } },
      context,
    )),
  ];
  const day = await measureDay(context);
  return { figures: [...figures, ...day.figures], notes: day.notes ?? [] };
}

function podSizes(random: Random): Sized[] {
  const settings = settingsWith({});
  return [1, 2, 5, 10, 20, 50, 100, 200].map((size) => ({
    size,
    settings,
    next: inTurn([encode(largePod(random, size), random)]),
  }));
}

/** Pods of images all over the table. */
function tableSizes(random: Random): Sized[] {
  return [10, 100, 1_000, 10_000].map((size) => ({
    size,
    settings: settingsWith({ profiles: generateProfiles(size) }),
    next: inTurn(
      Array.from({ length: 200 }, () => {
        const images = [imageOf(random.below(size)), imageOf(random.below(size)), 'registry.example/unknown/app:1'];
        return encode(podOfImages(random, images), random);
      }),
    ),
  }));
}

/** @param isNew whether each pod has a namespace that no pod before had, so that nothing remembered helps */
function policySizes(random: Random, isNew: boolean): Sized[] {
  const bodies = Array.from({ length: 500 }, () => encode(everydayPod(random), random));
  return [0, 1, 10, 100, 1_000].map((size) => {
    const settings = settingsWith({ policy: generatePolicy(size) });
    if (isNew) return { size, settings, next: renamed(bodies) };
    return { size, settings, next: inTurn(bodies), seen: bodies.length };
  });
}

function encode(pod: PodObject, random: Random): Buffer {
  return Buffer.from(JSON.stringify(reviewOf(pod, random)));
}

function inTurn(bodies: readonly Buffer[]): () => Buffer {
  let turn = 0;
  return () => bodies[turn++ % bodies.length] as Buffer;
}

/** The same bodies with another namespace each time, written over the old one. */
function renamed(bodies: readonly Buffer[]): () => Buffer {
  const next = inTurn(bodies);
  const key = '"namespace":"';
  let count = 0;
  return () => {
    const body = next();
    const start = body.indexOf(key) + key.length;
    const length = body.indexOf('"', start) - start;
    body.write((count++).toString(36).padStart(length, '0').slice(-length), start);
    return body;
  };
}
