import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeJson } from './body.ts';
import { findUnexpectedToken } from './json-position.ts';

test('the place of whatever stands where a value should is found', () => {
  const text = fc
    .jsonValue({ maxDepth: 4 })
    .map((value) => JSON.stringify({ before: value, here: 'HERE', after: value }));
  fc.assert(
    fc.property(text, fc.constantFrom('x', ']', '}', ':', "'a'", 'True', '<', 'undefined'), (json, wrong) => {
      const offset = json.lastIndexOf('"HERE"');
      fc.pre(json.indexOf('"HERE"') === offset);
      const broken = json.slice(0, offset) + wrong + json.slice(offset + '"HERE"'.length);
      expect(decodeJson(Buffer.from(broken))).toHaveProperty('problem');
      const place = wrong === 'True' || wrong === "'a'" ? [offset, offset + 1] : [offset];
      expect(place).toContain(findUnexpectedToken(broken));
    }),
  );
});

test('any text ends in an answer', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(...'{}[],:"\\ \ntfn01-.eux') }), (text) => {
      const offset = findUnexpectedToken(text);
      expect(offset).toBeGreaterThanOrEqual(0);
      expect(offset).toBeLessThanOrEqual(text.length);
    }),
  );
});

test('a long string before the mistake is no problem', () => {
  const text = `{"a": "${'x'.repeat(5_000_000)}\\n", "b": oops}`;
  expect(findUnexpectedToken(text)).toBe(text.indexOf('oops'));
});
