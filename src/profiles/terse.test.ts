import { expect, test } from 'vitest';
import { harden } from '../harden/harden.ts';
import { parsePod } from '../harden/pod.ts';
import { defaultPolicy } from '../policy/policy.ts';
import { builtInFolder, loadProfiles } from './load.ts';
import { createProfileTable } from './table.ts';
import { terse } from './terse.ts';

const full = loadProfiles(builtInFolder).profiles.map(({ profile }) => profile);

test('without what only people read, each built-in profile hardens its image in the same way', () => {
  const [table, terseTable] = [full, full.map(terse)].map((profiles) =>
    createProfileTable([{ origin: 'built-in', profiles }]),
  );
  for (const { spec } of full) {
    const image = spec.images.find((name) => !/[*{]/.test(name));
    const parsed = parsePod({ spec: { containers: [{ name: 'app', image, securityContext: { privileged: true } }] } });
    if (!parsed.ok || !table || !terseTable) throw new Error('the pod is none');
    const [before, after] = [table, terseTable].map((profiles) =>
      harden(parsed.pod, { profiles, policy: defaultPolicy, version: '1' }, { namespace: 'web', today: '2026-01-01' }),
    );
    expect(after).toEqual(before);
  }
});

test('what only people read is left out, and nothing is changed in place', () => {
  const before = structuredClone(full);
  const text = JSON.stringify(full.map(terse));
  expect(text.length).toBeLessThan(JSON.stringify(full).length / 2);
  expect(text).not.toContain('"notes"');
  expect(full).toEqual(before);
});
