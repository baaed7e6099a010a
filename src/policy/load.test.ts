import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { watchPolicyFile } from './load.ts';

const head = 'apiVersion: permafrost.dev/v1alpha1\nkind: Policy\n';
const skip = `${head}spec: {unknownImages: skip}\n`;
const broken = `${head}spec: {unknownImages: never}\n`;

let folder: string;
let watch: { stop(): void };
let policies: string[];
let problems: string[][];

/** As the kubelet does with a ConfigMap: a new folder, and then a link that is swapped. */
function put(text: string): void {
  const version = mkdtempSync(join(folder, '..version-'));
  writeFileSync(join(version, 'policy.yaml'), text);
  symlinkSync(version, join(folder, '..next'));
  renameSync(join(folder, '..next'), join(folder, '..data'));
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'permafrost-policy-'));
  mkdirSync(folder, { recursive: true });
  put(head);
  symlinkSync('..data/policy.yaml', join(folder, 'policy.yaml'));
  policies = [];
  problems = [];
  watch = watchPolicyFile(
    join(folder, 'policy.yaml'),
    head,
    10,
    (policy) => policies.push(policy.unknownImages),
    (found) => problems.push(found),
  );
});
afterEach(() => {
  watch.stop();
  rmSync(folder, { recursive: true });
});

test('a swapped link brings the new policy; a broken one is reported once, with its place; a mended one is taken', async () => {
  put(skip);
  await vi.waitFor(() => expect(policies).toEqual(['skip']), 5_000);
  put(broken);
  await vi.waitFor(() => expect(problems).toHaveLength(1), 5_000);
  expect(problems[0]).toEqual([expect.stringMatching(/policy\.yaml:3:8: spec\.unknownImages: /)]);
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(problems).toHaveLength(1);
  expect(policies).toHaveLength(1);
  put(head);
  await vi.waitFor(() => expect(policies).toEqual(['skip', 'harden']), 5_000);
});

test('a file that is gone is reported, and the last policy stays', async () => {
  rmSync(join(folder, '..data'));
  await vi.waitFor(() => expect(problems).toEqual([[expect.stringContaining('ENOENT')]]), 5_000);
  expect(policies).toEqual([]);
});
