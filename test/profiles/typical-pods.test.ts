/**
 * For each built-in profile, test/profiles/pods/<profile>.yaml holds three documents: a pod that a user of the image would write, the
 * pod hardened, and what was found. `make golden` drafts the pods of new profiles and writes the other two documents anew: put ports,
 * environment and volumes into the first one, read the rest, and it is a promise from then on.
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse, parseAllDocuments, stringify } from 'yaml';
import { type Hardened, harden } from '../../src/harden/harden.ts';
import { type Pod, parsePod } from '../../src/harden/pod.ts';
import { defaultPolicy } from '../../src/policy/policy.ts';
import { builtInFolder, loadProfiles } from '../../src/profiles/load.ts';
import type { ImageProfile } from '../../src/profiles/profile.ts';
import { createProfileTable, matchImage } from '../../src/profiles/table.ts';
import { draftPod, sampleRepository, sampleSuffixes } from './support/typical-pod.ts';

const folder = new URL('pods/', import.meta.url).pathname;
const update = process.env['UPDATE_GOLDEN'] === '1';
const profiles = loadProfiles(builtInFolder).profiles.map(({ profile }) => profile);
const table = createProfileTable([{ origin: 'built-in', profiles }]);
const settings = { profiles: table, policy: defaultPolicy, version: '0.0.0' };
const options = { namespace: 'apps', today: '2026-11-22' };
const named = profiles.map((profile) => [profile.metadata.name, profile] as const);

if (update) {
  for (const [name, profile] of named) writeFixture(join(folder, `${name}.yaml`), profile);
}

test.each(named)('%s', (name, { spec }) => {
  const file = join(folder, `${name}.yaml`);
  if (!existsSync(file)) throw new Error(`${file} is missing: run "make golden" and read it`);
  const [pod, hardened, findings] = parseAllDocuments(readFileSync(file, 'utf8')).map((document) => document.toJS());
  const result = hardenPod(pod);

  expect([...result.profiles.values()], 'a container has the profile').toContain(name);
  expect(result.pod).toEqual(hardened);
  expect(describeFindings(result)).toEqual(findings);
  const dangers = result.findings.filter(({ severity }) => severity === 'danger').map(({ message }) => message);
  if (!spec.needsPrivilege && !spec.cannotRunReadOnly) expect(dangers).toEqual([]);
  expect(harden(result.pod, settings, options).pod, 'a second pass changes nothing').toBe(result.pod);
});

test('no pod is left over from a profile that is gone', () => {
  expect(readdirSync(folder).toSorted()).toEqual(named.map(([name]) => `${name}.yaml`).toSorted());
});

test('each repository and pattern of each profile leads to it', () => {
  const lost = named.flatMap(([name, { spec }]) =>
    spec.images
      .filter((image) => findSample(name, spec, sampleRepository(image)) === undefined)
      .map((image) => `${name}: ${image}`),
  );
  expect(lost).toEqual([]);
});

function hardenPod(value: unknown): Hardened {
  const parsed = parsePod(value);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return harden(parsed.pod, settings, options);
}

/** One line each. The rules' own fixtures, in test/golden, show findings in full. */
function describeFindings({ findings }: Hardened): string[] {
  return findings.map(({ severity, rule, container, message }) => `${severity} ${rule} ${container}: ${message}`);
}

function findSample(name: string, spec: ImageProfile['spec'], repository: string): string | undefined {
  return sampleSuffixes(spec)
    .map((suffix) => repository + suffix)
    .find((image) => matchImage(table, image, defaultPolicy.registryMirrors)?.metadata.name === name);
}

/** Keeps the first document as it is written. */
function writeFixture(file: string, profile: ImageProfile): void {
  const text = existsSync(file) ? readFileSync(file, 'utf8').split(/^---$.*\n/m, 1)[0] : undefined;
  const pod = text ?? asYaml(draft(profile));
  const result = hardenPod(parse(pod));
  writeFileSync(file, `${pod}---\n${asYaml(result.pod)}---\n${asYaml(describeFindings(result))}`);
}

function draft(profile: ImageProfile): Pod {
  const { metadata, spec } = profile;
  const repositories = spec.images.map(sampleRepository);
  const image = repositories.map((repository) => findSample(metadata.name, spec, repository)).find((found) => found);
  return draftPod(profile, image ?? `${repositories[0]}:1.0.0`);
}

function asYaml(value: unknown): string {
  return stringify(value, { lineWidth: 0, aliasDuplicateObjects: false });
}
