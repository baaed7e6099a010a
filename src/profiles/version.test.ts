import { describe, expect, test } from 'vitest';
import { isVersionRange, tagInRange } from './version.ts';

describe('tagInRange', () => {
  test.each([
    ['1.27.5', '>=1.27.5', true],
    ['1.27.4-alpine', '>=1.27.5', false],
    ['v2.11.0', '^2', true],
    ['1.27.5-rc1', '>=1.27.5', true],
    ['18', '>=18', true],
    ['17.2-bookworm', '<18', true],
    ['24.04', '>=24', true],
    ['8.0.36.1', '8.0.36', true],
    ['2024.10.1', '>=2024', true],
    ['version-1.2.3', '1.2.x', true],
    ['18rc1', '>=18', true],
  ])('%s in %s: %s', (tag, range, expected) => {
    expect(tagInRange(tag, range)).toBe(expected);
  });

  test('a tag that leaves parts open floats to the newest of them', () => {
    expect(tagInRange('1.27', '>=1.27.5')).toBe(true);
    expect(tagInRange('1', '>=1.27.5')).toBe(true);
    expect(tagInRange('1', '<2')).toBe(true);
  });

  test.each(['latest', 'alpine', 'bookworm', 'mainline', 'stable-perl', 'RELEASE.2024-05-01'])(
    '%s is the newest of all',
    (tag) => {
      expect(tagInRange(tag, '>=18')).toBe(true);
      expect(tagInRange(tag, '<18')).toBe(false);
    },
  );

  test('a commit is no version', () => {
    expect(tagInRange('1234567abcdef', '<18')).toBe(false);
  });
});

test('isVersionRange tells ranges from other text', () => {
  expect(isVersionRange('>=1.27.5 <2 || 3.x')).toBe(true);
  expect(isVersionRange('newest')).toBe(false);
});
