import fc from 'fast-check';
import jsonPatch from 'fast-json-patch';
import { expect, test } from 'vitest';
import { createPatch } from './patch.ts';
import type { Pod } from './pod.ts';

const patchOf = (before: unknown, after: unknown) => createPatch(before as Pod, after as Pod);
const shared = { name: 'shared' };

test.each<[string, unknown, unknown, unknown]>([
  ['the same object', shared, shared, []],
  ['an equal one', { a: [{ b: 1 }] }, { a: [{ b: 1 }] }, []],
  ['a new key', {}, { 'a/b~c': { d: 1 } }, [{ op: 'add', path: '/a~1b~0c', value: { d: 1 } }]],
  ['null for a value', { a: 1 }, { a: null }, [{ op: 'replace', path: '/a', value: null }]],
  ['a value for null', { a: null }, { a: [] }, [{ op: 'replace', path: '/a', value: [] }]],
  ['a list for a map', { a: {} }, { a: [] }, [{ op: 'replace', path: '/a', value: [] }]],
  [
    'undefined, which is no value',
    { a: undefined, b: 1 },
    { b: undefined, c: undefined },
    [{ op: 'remove', path: '/b' }],
  ],
  [
    'a key that every object inherits',
    { a: {} },
    { a: { toString: 1 } },
    [{ op: 'add', path: '/a/toString', value: 1 }],
  ],
  [
    'items in front, of which those behind know nothing',
    { a: [shared, shared] },
    { a: [1, 2, shared, shared] },
    [
      { op: 'add', path: '/a/0', value: 1 },
      { op: 'add', path: '/a/1', value: 2 },
    ],
  ],
  ['an item behind', { a: [shared] }, { a: [shared, 1] }, [{ op: 'add', path: '/a/1', value: 1 }]],
  [
    'fewer items',
    { a: [1, 2, 3, shared] },
    { a: [1, shared] },
    [
      { op: 'remove', path: '/a/2' },
      { op: 'remove', path: '/a/1' },
    ],
  ],
])('%s', (_name, before, after, patch) => {
  expect(patchOf(before, after)).toEqual(patch);
});

/** Two values of which parts are one object, as a pod and its hardened form. */
const pair = fc.letrec((tie) => ({
  value: fc.oneof({ maxDepth: 4 }, fc.jsonValue({ maxDepth: 1 }), tie('list'), tie('map')),
  list: fc.array(tie('value'), { maxLength: 5 }),
  map: fc.dictionary(fc.constantFrom('a', 'b/c', '~', '', 'constructor'), tie('value'), { maxKeys: 4 }),
}));

test('any two values: the patch, applied, makes one of the other', () => {
  const values = fc.tuple(pair.map, pair.map, pair.value).map(([before, after, common]) => [
    { ...(before as object), common, list: [common, before] },
    { ...(after as object), common, list: [after, common, before] },
  ]);
  fc.assert(
    fc.property(values, ([before, after]) => {
      // not structuredClone, which keeps parts that are one object one
      const sent = (value: unknown) => JSON.parse(JSON.stringify(value));
      const patched = jsonPatch.applyPatch(sent(before), sent(patchOf(before, after)), true).newDocument;
      expect(patched).toEqual(sent(after));
    }),
    { numRuns: 500 },
  );
});
