import fc from 'fast-check';
import { expect, test } from 'vitest';
import { findStrings, type Places } from './find-strings.ts';

function find(json: string, places: Places<string>): string[] | false {
  const bytes = Buffer.from(json);
  const found: string[] = [];
  const isSure = findStrings(bytes, places, (label, start, end) => {
    found.push(`${label}: ${JSON.parse(`"${bytes.toString('utf8', start, end)}"`)}`);
  });
  return isSure && found;
}

/** Maps become lists of pairs in the text, as an object would not keep the order of keys such as `1`. */
type Value = string | number | boolean | null | Value[] | { map: [string, Value][] };

const { value: values } = fc.letrec<{ value: Value }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    fc.oneof(
      fc.string(),
      fc.string({ unit: fc.constantFrom(...'"\\{}[],: é😀\n') }),
      fc.double({ noNaN: true }),
      fc.boolean(),
      fc.constant(null),
    ),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.record({
      map: fc.array(fc.tuple(fc.constantFrom('a', 'b', 'c', '*', '__proto__', 'ü'), tie('value')), { maxLength: 4 }),
    }),
  ),
}));

function textOf(value: Value, space: string): string {
  if (Array.isArray(value))
    return `[${space}${value.map((item) => textOf(item, space)).join(`${space},${space}`)}${space}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const pairs = value.map.map(([key, item]) => `${JSON.stringify(key)}${space}:${space}${textOf(item, space)}`);
  return `{${space}${pairs.join(`${space},${space}`)}${space}}`;
}

/** What is to be found, looked up in the value. */
function expected(value: Value, places: Places<string> | string | undefined): string[] {
  const below = (key: string) =>
    typeof places !== 'object' ? places : Object.hasOwn(places, key) ? places[key] : places['*'];
  if (typeof value === 'string') return typeof places === 'string' ? [`${places}: ${value}`] : [];
  if (Array.isArray(value)) return value.flatMap((item) => expected(item, below('*')));
  if (typeof value !== 'object' || value === null) return [];
  return value.map.flatMap(([key, item]) => expected(item, below(key)));
}

test('finds what stands at the places, and nothing else, however it is spaced', () => {
  const places: fc.Arbitrary<Places<string>> = fc.constantFrom<Places<string>>(
    { '*': 'all' },
    { a: 'first', b: { a: 'second', '*': 'third' }, '*': undefined },
    { a: { '*': { b: 'deep' } }, b: undefined, '*': { c: 'c' } },
    {},
  );
  fc.assert(
    fc.property(values, places, fc.constantFrom('', ' ', '\n\t '), (value, looked, space) => {
      expect(find(textOf(value, space), looked)).toEqual(expected(value, looked));
    }),
    { numRuns: 3000 },
  );
});

test('is not sure of a key on the way that is spelled with an escape', () => {
  expect(find('{"u\\u0069d": "x"}', { uid: 'uid' })).toBe(false);
  expect(find('{"other": {"u\\u0069d": "x"}, "uid": "y"}', { uid: 'uid' })).toEqual(['uid: y']);
});
