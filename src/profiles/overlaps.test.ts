import { expect, test } from 'vitest';
import { findOverlaps } from './overlaps.ts';
import type { ImageProfile } from './profile.ts';

const profile = (name: string, spec: Partial<ImageProfile['spec']>): ImageProfile => ({
  apiVersion: 'permafrost.dev/v1alpha1',
  kind: 'ImageProfile',
  metadata: { name },
  spec: { images: ['a.b/c'], sources: ['x'], ...spec },
});
const digest = (digit: string) => `sha256:${digit.repeat(64)}`;

test.each<[string, Partial<ImageProfile['spec']>, Partial<ImageProfile['spec']>, boolean]>([
  ['two for all tags', {}, {}, true],
  ['one of them for some tags: it is more specific', {}, { versions: '>=1' }, false],
  ['ranges that meet', { versions: '<2' }, { versions: '>=1.9' }, true],
  ['ranges that do not meet', { versions: '<2' }, { versions: '>=2' }, false],
  ['the same tags', { tags: ['*-alpine*'] }, { tags: ['*-slim', '*-alpine*'] }, true],
  ['a tag that a pattern matches', { tags: ['*-alpine'] }, { tags: ['3-alpine'] }, true],
  ['other tags', { tags: ['*-alpine*'] }, { tags: ['*-slim*'] }, false],
  ['a range and a tag: neither is more specific', { versions: '>=1' }, { tags: ['*-slim'] }, true],
  [
    'a range, and a range with a tag: that one is more specific',
    { versions: '>=1' },
    { versions: '>=1', tags: ['*'] },
    false,
  ],
  ['ranges that meet, with other tags', { versions: '>=1', tags: ['*-a'] }, { versions: '>=1', tags: ['*-b'] }, false],
  ['a digest of both', { digests: [digest('1'), digest('2')] }, { digests: [digest('2')] }, true],
  ['other digests', { digests: [digest('1')] }, { digests: [digest('2')] }, false],
  ['other images', { images: ['a.b/d'] }, {}, false],
])('%s: overlap is %4$s', (_what, a, b, overlaps) => {
  const [first, second] = [profile('first', a), profile('second', b)];
  const expected = overlaps ? [{ image: 'a.b/c', winner: first, loser: second }] : [];
  expect(findOverlaps([second, first])).toEqual(expected);
});
