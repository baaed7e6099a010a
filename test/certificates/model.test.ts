import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Stored } from '../../src/certificates/stored.ts';
import {
  advance,
  createNode,
  createNodes,
  createWorld,
  type Node,
  setBundle,
  settings,
  settle,
  type World,
} from './support/world.ts';

/*
 * Replicas that make rounds against a Secret and a webhook configuration, in every order that fast-check thinks of: each request is
 * held until the schedule lets it through, a replica may die between any two of them, time passes, people delete and overwrite. The
 * API servers follow the configuration with a lag, up to `lag`. Cryptography is left out: names stand for certificates.
 */

const lag = 9_000;

/** Every API server, however far behind, trusts what every replica serves. */
function expectTrusted(world: World, nodes: readonly Node[]): void {
  // close to its end a certificate gives way to one that API servers may not have heard of yet
  const hasValid = nodes.some(({ replica: { serving } }) => serving && serving.until > world.now + settings.trustDelay);
  if (!hasValid) world.disturbedUntil = Math.max(world.disturbedUntil, world.now + lag); // nothing could be trusted
  if (world.now < world.disturbedUntil) return;
  const seen = world.bundles.filter((_bundle, at) => (world.bundles[at + 1]?.from ?? Infinity) > world.now - lag);
  for (const { replica, isReady } of nodes) {
    const { serving } = replica;
    if (!isReady || !serving || serving.until <= world.now) continue;
    for (const { ids } of seen) expect(ids, `trusts the issuer of ${serving.id}`).toContain(serving.issuer);
  }
}

type Action =
  | { do: 'advance'; node: number; times: number }
  | { do: 'pass'; milliseconds: number }
  | { do: 'kill'; node: number }
  | { do: 'delete the Secret' }
  | { do: 'overwrite'; keep: boolean; garbage: boolean };

const actions = (disturbances: boolean) =>
  fc.array(
    fc.oneof(
      {
        weight: 24,
        arbitrary: fc.record({
          do: fc.constant('advance' as const),
          node: fc.nat(2),
          times: fc.integer({ min: 1, max: 9 }),
        }),
      },
      {
        weight: 10,
        arbitrary: fc.record({
          do: fc.constant('pass' as const),
          milliseconds: fc.oneof(fc.nat(15_000), fc.nat(300_000)),
        }),
      },
      { weight: 2, arbitrary: fc.record({ do: fc.constant('kill' as const), node: fc.nat(2) }) },
      { weight: 1, arbitrary: fc.constant({ do: 'delete the Secret' as const }) },
      ...(disturbances
        ? [
            {
              weight: 1,
              arbitrary: fc.record({
                do: fc.constant('overwrite' as const),
                keep: fc.boolean(),
                garbage: fc.boolean(),
              }),
            },
          ]
        : []),
    ),
    { minLength: 20, maxLength: 250, size: 'max' },
  );

async function play(schedule: readonly Action[]): Promise<{ world: World; nodes: Node[] }> {
  const world = createWorld();
  const nodes = createNodes();
  await runFairly(world, nodes, 6); // installed
  for (const action of schedule) {
    switch (action.do) {
      case 'advance':
        for (let time = 0; time < action.times; time++) {
          const node = nodes[action.node];
          if (node) await advance(world, node);
          expectTrusted(world, nodes);
        }
        break;
      case 'pass':
        world.now += action.milliseconds;
        break;
      case 'kill':
        nodes[action.node]?.release?.(false);
        nodes[action.node] = createNode(action.node / 3);
        await settle();
        break;
      case 'delete the Secret':
        world.secret = undefined;
        break;
      case 'overwrite': {
        const ids = action.keep ? (world.bundles.at(-1)?.ids.slice(1) ?? []) : [];
        setBundle(world, { ids, garbage: action.garbage });
        world.disturbedUntil = Number.POSITIVE_INFINITY;
        break;
      }
    }
    expectTrusted(world, nodes);
  }
  return { world, nodes };
}

/** All replicas make their rounds as in life: none is forgotten, and three seconds pass between two. */
async function runFairly(world: World, nodes: readonly Node[], rounds: number): Promise<void> {
  for (let round = 0; round < rounds; round++) {
    for (const node of nodes) {
      for (let request = 0; request < 10; request++) await advance(world, node);
      expectTrusted(world, nodes);
    }
    world.now += 3000;
  }
}

function expectSteady({ now, secret, bundles }: World, nodes: readonly Node[]): void {
  const stored = JSON.parse(secret?.data ?? '{}') as Stored;
  const wanted = [stored.signer, stored.next, ...stored.retired.map(({ authority }) => authority)];
  const ids = wanted.flatMap((authority) => authority?.id ?? []).toSorted();
  expect(bundles.at(-1)?.ids.toSorted(), 'the webhooks trust what the Secret says').toEqual(ids);
  expect(stored.leaf?.issuer).toBe(stored.signer?.id);
  expect(stored.leaf?.until).toBeGreaterThan(now);
  for (const { replica, isReady } of nodes) {
    expect(replica.serving, 'every replica serves the certificate of the Secret').toEqual(stored.leaf);
    expect(isReady).toBe(true);
  }
}

/** Something is always just being renewed, but not for long. */
async function runUntilSteady(world: World, nodes: readonly Node[]): Promise<void> {
  for (let attempt = 0; attempt < 20; attempt++) {
    await runFairly(world, nodes, 1);
    try {
      expectSteady(world, nodes);
      return;
    } catch {
      // not yet
    }
  }
  expectSteady(world, nodes);
}

test('with any interleaving and any crash, what a replica serves is trusted by every API server', async () => {
  await fc.assert(
    fc.asyncProperty(actions(false), async (schedule) => {
      const { world, nodes } = await play(schedule);
      await runUntilSteady(world, nodes);
    }),
    { numRuns: 100, interruptAfterTimeLimit: 20_000 },
  );
}, 120_000);

test('whatever people overwrite and delete, it is mended, and then holds again', async () => {
  await fc.assert(
    fc.asyncProperty(actions(true), async (schedule) => {
      const { world, nodes } = await play(schedule);
      await runFairly(world, nodes, 15);
      world.disturbedUntil = 0;
      await runUntilSteady(world, nodes);
    }),
    { numRuns: 60, interruptAfterTimeLimit: 20_000 },
  );
}, 120_000);

test('through many generations every CA leaves the webhooks in the end', async () => {
  const world = createWorld();
  const nodes = createNodes();
  let most = 0;
  for (let minute = 0; minute < 100; minute++) {
    await runFairly(world, nodes, 20);
    most = Math.max(most, world.bundles.at(-1)?.ids.length ?? 0);
  }
  await runUntilSteady(world, nodes);
  expect(world.authorities.size).toBeGreaterThan(6);
  expect(most, 'old, new and no more').toBeLessThanOrEqual(3);
}, 60_000);

test('replicas that come with longer lives and more patience have another certificate before the present one expires', async () => {
  const brief = { ...settings, authorityLifetime: 100_000, certificateLifetime: 30_000 };
  const patient = { ...settings, trustDelay: 60_000 };
  for (let age = 1; age <= 60; age++) {
    const world = createWorld();
    await runFairly(world, createNodes(brief), age);
    const nodes = createNodes(patient);
    for (let round = 0; round < 60; round++) {
      await runFairly(world, nodes, 1);
      for (const { replica } of nodes) expect(replica.serving?.until, `${age}, ${round}`).toBeGreaterThan(world.now);
    }
    await runUntilSteady(world, nodes);
  }
}, 60_000);
