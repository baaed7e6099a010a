import { describe, expect, test } from 'vitest';
import { decide } from '../../src/certificates/decide.ts';
import { backdate, day } from '../../src/certificates/settings.ts';
import type { Situation } from '../../src/certificates/step.ts';
import { authority, hook, leaf, now, settings, signer, situation, trusting } from './support/examples.ts';

describe('the next step', () => {
  const [a, b] = [signer('a'), signer('b')];
  const old = signer('old', 250);
  /** One that was made to live for 100 seconds. */
  const brief = (left: number) => ({ ...signer('brief'), from: now + left - 100_000 - backdate, until: now + left });
  test.each<[string, Partial<Situation>, object]>([
    ['nothing anywhere: a CA', {}, { kind: 'make-authority', retire: [] }],
    [
      'no Secret, but a CA that is trusted: a new one, and the trusted one stays for a life of a certificate',
      trusting(a),
      { kind: 'make-authority', retire: [{ authority: a, until: now + 90 * day }] },
    ],
    [
      "no Secret, but somebody else's CA: it stays for a day",
      trusting(authority('foreign', 1, false)),
      { kind: 'make-authority', retire: [{ until: now + day }] },
    ],
    [
      'a CA that nobody trusts yet: tell the webhooks',
      { stored: { next: a, retired: [] } },
      { kind: 'trust', authorities: [a] },
    ],
    [
      'the first CA, trusted: it signs at once',
      { stored: { next: a, retired: [] }, ...trusting(a) },
      { kind: 'promote', retire: [] },
    ],
    [
      'the first CA, and nobody who calls: it signs at once',
      { stored: { next: a, retired: [] }, hooks: [], trust: 'nobody-calls' },
      { kind: 'promote' },
    ],
    [
      'all is well: wait',
      { stored: { signer: a, leaf: leaf('a'), retired: [] }, ...trusting(a) },
      { kind: 'wait', milliseconds: 59 * day },
    ],
    [
      'a certificate of 61 days: another one',
      { stored: { signer: a, leaf: leaf('a', 61), retired: [] }, ...trusting(a) },
      { kind: 'renew' },
    ],
    [
      'a certificate that is not valid for a host: another one, for the old hosts too',
      { stored: { signer: a, leaf: leaf('a', 1, ['new']), retired: [] }, ...trusting(a) },
      { kind: 'renew', alsoFor: ['old'], why: 'it is not valid for new' },
    ],
    ['no certificate: one', { stored: { signer: a, retired: [] }, ...trusting(a) }, { kind: 'renew' }],
    [
      'an old CA: a new one',
      { stored: { signer: old, leaf: leaf('old'), retired: [] }, ...trusting(old) },
      { kind: 'make-authority' },
    ],
    [
      'a CA without its key: a new one',
      { stored: { signer: authority('a'), leaf: leaf('a'), retired: [] }, ...trusting(a) },
      { kind: 'make-authority', why: 'the key of the last one is lost' },
    ],
    [
      'a new CA beside the old one: both into the webhooks',
      { stored: { signer: old, next: b, leaf: leaf('old'), retired: [] }, ...trusting(old) },
      { kind: 'trust', authorities: [old, b] },
    ],
    [
      'a new CA that is trusted since half a minute: wait the other half',
      {
        stored: { signer: old, next: b, leaf: leaf('old'), retired: [] },
        hooks: [hook(old, b)],
        trust: new Map([['b', 970_000]]),
      },
      { kind: 'wait', milliseconds: 30_000 },
    ],
    [
      'a new CA that is trusted since half a minute, while the old one ends in twenty seconds: wait until shortly before',
      { stored: { signer: brief(20_000), next: b, leaf: { ...leaf('brief'), until: now + 20_000 }, retired: [] }, hooks: [hook(brief(20_000), b)], trust: new Map([['b', 970_000]]) }, // biome-ignore format: one line
      { kind: 'wait', milliseconds: 10_000 },
    ],
    [
      'a new CA that is trusted just now, while the old one ends in seconds: it signs',
      { stored: { signer: brief(9_000), next: b, retired: [] }, hooks: [hook(brief(9_000), b)], trust: new Map([['b', 1_000_000]]) }, // biome-ignore format: one line
      { kind: 'promote', retire: [{ authority: brief(9_000), until: now + 9_000 }] },
    ],
    [
      'a new CA that is trusted long enough: it signs, and the old one retires',
      { stored: { signer: old, next: b, leaf: leaf('old'), retired: [] }, ...trusting(old, b) },
      { kind: 'promote', retire: [{ authority: old, until: now + 50 * day }] },
    ],
    [
      'a retired CA whose time is over: out of the webhooks',
      { stored: { signer: a, leaf: leaf('a'), retired: [{ authority: old, until: now - 1 }] }, ...trusting(a, old) },
      { kind: 'trust', authorities: [a] },
    ],
    [
      'and then out of the Secret',
      { stored: { signer: a, leaf: leaf('a'), retired: [{ authority: old, until: now - 1 }] }, ...trusting(a) },
      { kind: 'forget', ids: ['old'] },
    ],
    [
      'a retired CA that somebody took out of the webhooks early: in again',
      { stored: { signer: a, leaf: leaf('a'), retired: [{ authority: old, until: now + day }] }, ...trusting(a) },
      { kind: 'trust', authorities: [a, old] },
    ],
    [
      'but not in its last minutes: another replica may have the faster clock',
      { stored: { signer: a, leaf: leaf('a'), retired: [{ authority: old, until: now + 60_000 }] }, ...trusting(a) },
      { kind: 'wait', milliseconds: 60_000 },
    ],
    [
      'garbage in a webhook: mend it',
      {
        stored: { signer: a, leaf: leaf('a'), retired: [] },
        ...trusting(a),
        hooks: [{ ...hook(a), bundle: { authorities: [a], hasGarbage: true } }],
      },
      { kind: 'trust', authorities: [a] },
    ],
    [
      'an empty webhook, but written too often: wait',
      { stored: { signer: a, leaf: leaf('a'), retired: [] }, mayWriteAt: 1_004_000 },
      { kind: 'wait', milliseconds: 4_000 },
    ],
    [
      'a CA of somebody else in the webhooks: it is noted, so that it goes',
      { stored: { signer: a, leaf: leaf('a'), retired: [] }, ...trusting(a, authority('foreign', 1, false)) },
      { kind: 'adopt', retire: [{ until: now + day }] },
    ],
  ])('%s', (_what, parts, step) => {
    expect(decide(situation(parts), settings)).toMatchObject(step);
  });
});
