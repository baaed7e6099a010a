import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { profilesPage, profilesPageText } from '../scripts/lib/profiles-page.ts';
import { parsePolicy } from '../src/policy/parse.ts';
import { parseProfiles } from '../src/profiles/parse.ts';

test('docs/profiles.md is what profiles/ makes of it: if not, run make docs', () => {
  const isCurrent = readFileSync(profilesPage, 'utf8') === profilesPageText();
  expect(isCurrent, 'profiles/ changed; run make docs, and commit docs/profiles.md with it').toBe(true);
});

function examplesOf(page: string): string[] {
  const text = readFileSync(new URL(`../docs/${page}`, import.meta.url), 'utf8');
  return [...text.matchAll(/```yaml\n(.*?)```/gs)].map(([, example]) => String(example));
}

test('what the pages show can be copied', () => {
  const policies = examplesOf('policy.md');
  const profiles = examplesOf('custom-profiles.md');
  expect([policies.length, profiles.length]).toEqual([1, 1]);
  for (const example of policies) expect(parsePolicy(example, 'policy.md')).toHaveProperty('policy');
  for (const example of profiles) expect(parseProfiles(example, 'custom-profiles.md').problems).toEqual([]);
});
