/**
 * Golden fixtures: test/golden/<rule or concern>/<case>/ holds pod.yaml, hardened.yaml, findings.yaml and, where the case needs them,
 * policy.yaml, profiles.yaml and old-pod.yaml. A case without hardened.yaml promises that the pod stays as it is.
 * `make golden` writes the expected files anew; read the difference before you commit it.
 */
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import jsonPatch from 'fast-json-patch';
import { describe, expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import { ruleIds } from '../src/harden/finding.ts';
import { type HardenSettings, harden } from '../src/harden/harden.ts';
import { createPatch } from '../src/harden/patch.ts';
import { type Pod, parsePod } from '../src/harden/pod.ts';
import { parsePolicy } from '../src/policy/parse.ts';
import { defaultPolicy } from '../src/policy/policy.ts';
import { builtInFolder, loadProfiles } from '../src/profiles/load.ts';
import { parseProfiles } from '../src/profiles/parse.ts';
import { createProfileTable } from '../src/profiles/table.ts';

const root = new URL('golden/', import.meta.url).pathname;
const update = process.env['UPDATE_GOLDEN'] === '1';
const builtIn = loadProfiles(builtInFolder).profiles.map(({ profile }) => profile);

const cases = readdirSync(root).flatMap((concern) =>
  readdirSync(join(root, concern)).map((name) => ({ name: `${concern}/${name}`, folder: join(root, concern, name) })),
);

describe('golden fixtures', () => {
  test.each(cases)('$name', ({ folder }) => {
    const pod = readPod(join(folder, 'pod.yaml'));
    const oldPodFile = join(folder, 'old-pod.yaml');
    const options = {
      namespace: pod.metadata?.namespace ?? 'default',
      today: '2026-11-22',
      oldPod: existsSync(oldPodFile) ? readPod(oldPodFile) : undefined,
    };
    const settings = readSettings(folder);
    const copy = structuredClone(pod);

    const result = harden(pod, settings, options);

    expect(pod, 'the input is never mutated').toEqual(copy);
    check(join(folder, 'hardened.yaml'), result.pod === pod ? undefined : result.pod);
    check(join(folder, 'findings.yaml'), result.findings.length === 0 ? undefined : result.findings);
    const patched = jsonPatch.applyPatch(structuredClone(pod), createPatch(pod, result.pod), true).newDocument;
    expect(patched, 'the patch makes the hardened pod').toEqual(result.pod);
    if (!options.oldPod)
      expect(harden(result.pod, settings, options).pod, 'a second pass changes nothing').toBe(result.pod);
  });

  test('every rule has fixtures, and every folder is known', () => {
    expect(readdirSync(root).toSorted()).toEqual(
      [...ruleIds, 'annotations', 'containers', 'content-copy', 'exemptions', 'profile-match'].toSorted(),
    );
  });

  test('a case holds no files that nothing reads', () => {
    const known = ['pod.yaml', 'hardened.yaml', 'findings.yaml', 'policy.yaml', 'profiles.yaml', 'old-pod.yaml'];
    for (const { folder } of cases) expect(known).toEqual(expect.arrayContaining(readdirSync(folder)));
  });
});

function readPod(file: string): Pod {
  const parsed = parsePod(parse(readFileSync(file, 'utf8')));
  if (!parsed.ok) throw new Error(`${file}: ${JSON.stringify(parsed.problems)}`);
  return parsed.pod;
}

/** The fixture's own policy and profiles, which stand beside the built-in ones as custom resources would. */
function readSettings(folder: string): HardenSettings {
  const policyFile = join(folder, 'policy.yaml');
  const policy = existsSync(policyFile)
    ? parsePolicy(readFileSync(policyFile, 'utf8'), policyFile)
    : { policy: defaultPolicy };
  if ('problems' in policy) throw new Error(JSON.stringify(policy.problems));
  const profilesFile = join(folder, 'profiles.yaml');
  const custom = existsSync(profilesFile)
    ? parseProfiles(readFileSync(profilesFile, 'utf8'), profilesFile)
    : { profiles: [], problems: [] };
  if (custom.problems.length > 0) throw new Error(JSON.stringify(custom.problems));
  const profiles = createProfileTable([
    { origin: 'built-in', profiles: builtIn },
    { origin: 'custom', profiles: custom.profiles.map(({ profile }) => profile) },
  ]);
  return { profiles, policy: policy.policy, version: '0.0.0' };
}

function check(file: string, value: unknown): void {
  if (update) {
    if (value === undefined) rmSync(file, { force: true });
    else writeFileSync(file, stringify(value, { lineWidth: 0, aliasDuplicateObjects: false }));
  }
  const expected = existsSync(file) ? parse(readFileSync(file, 'utf8')) : undefined;
  expect(value, file).toEqual(expected);
}
