import { describe, expect, test } from 'vitest';
import type { Leaf } from '../../src/certificates/leaf.ts';
import { backdate } from '../../src/certificates/settings.ts';
import type { Situation } from '../../src/certificates/step.ts';
import { switchesIn } from '../../src/certificates/switch.ts';
import { leaf, now, settings } from './support/examples.ts';

describe('a replica takes the certificate of the Secret', () => {
  const stored = leaf('b');
  const at = (trust: Situation['trust']) => ({ trust, now, monotonicNow: 1_000_000 });
  test.each<[string, Leaf | undefined, Situation['trust'], number | undefined]>([
    ['at once when it has none', undefined, new Map(), 0],
    ['at once when the CA is the same', leaf('b', 40), new Map(), 0],
    ['not again', stored, new Map(), undefined],
    ['not before its CA is trusted', leaf('a'), new Map([['a', 0]]), undefined],
    ['not before API servers can have seen its CA', leaf('a'), new Map([['a', 0], ['b', 990_000]]), 50_000], // biome-ignore format: one line
    ['shortly before its own expires', { ...leaf('a'), from: now - 50_000 - backdate, until: now + 50_000 }, new Map([['a', 0], ['b', 990_000]]), 40_000], // biome-ignore format: one line
    ['when they have', leaf('a'), new Map([['a', 0], ['b', 900_000]]), 0], // biome-ignore format: one line
    ['at once when its own CA is not trusted any more', leaf('a'), new Map([['b', 999_999]]), 0],
    ['at once when its own has expired', leaf('a', 91), new Map(), 0],
  ])('%s', (_what, serving, trust, expected) => {
    expect(switchesIn(serving, stored, at(trust), settings)).toBe(expected);
  });
});
