import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { ruleIds } from './finding.ts';
import { rules } from './rules.ts';

const root = new URL('../../', import.meta.url).pathname;

describe('every rule', () => {
  test('is in the list, in the order of the ids', () => {
    expect(rules.map(({ id }) => id)).toEqual(ruleIds);
  });

  test.each(ruleIds)('%s has a file, fixtures and a section in the docs of its name', (id) => {
    expect(existsSync(`${root}src/harden/rules/${id}.ts`)).toBe(true);
    expect(existsSync(`${root}test/golden/${id}`)).toBe(true);
    expect(readFileSync(`${root}docs/rules.md`, 'utf8').split('\n')).toContain(`## ${id}`);
  });
});
