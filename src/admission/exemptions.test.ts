import { expect, test } from 'vitest';
import { createMetrics } from '../metrics/metrics.ts';
import { parsePolicy } from '../policy/parse.ts';
import { createProfileTable } from '../profiles/table.ts';
import { type AdmitSettings, admit } from './admit.ts';
import { encodeResponse } from './respond.ts';
import type { Review } from './review.ts';

function settingsWith(exemptions: string): AdmitSettings {
  const text = `apiVersion: permafrost.dev/v1alpha1\nkind: Policy\nspec: {exemptions: ${exemptions}}`;
  const parsed = parsePolicy(text, 'policy.yaml');
  if ('problems' in parsed) throw new Error(JSON.stringify(parsed.problems));
  return { profiles: createProfileTable([]), policy: parsed.policy, version: '1', ownNamespace: 'permafrost-system' };
}

function reviewOf(dryRun: boolean, containers: string[]): Review {
  return {
    uid: 'uid',
    namespace: 'storage',
    name: '',
    operation: 'CREATE',
    resource: 'v1/pods',
    dryRun,
    oldObject: undefined,
    object: {
      spec: { containers: containers.map((name) => ({ name, image: 'a.b/c', securityContext: { privileged: true } })) },
    },
  };
}

const settings = settingsWith('[{namespaces: [storage], rules: [privileged], reason: mounts for other pods}]');

test.each([false, true])('what an exemption let through is in warnings and audit annotations, dry run %s', (dryRun) => {
  const outcome = admit(reviewOf(dryRun, ['driver', 'registrar']), 'enforce', settings, '2027-01-31');
  const { response } = JSON.parse(encodeResponse('uid', 'enforce', outcome));
  expect(response.auditAnnotations['exemptions']).toBe(
    'driver=privileged: mounts for other pods; registrar=privileged: mounts for other pods',
  );
  expect(response.warnings).toContainEqual(
    expect.stringContaining('driver: exempted by the policy (mounts for other pods), not done: '),
  );
});

test('and in a metric, by rule and mode', async () => {
  const metrics = createMetrics('1', 'test');
  for (const mode of ['enforce', 'audit'] as const) {
    const outcome = admit(reviewOf(false, ['driver']), mode, settings, '2027-01-31');
    if ('findings' in outcome) metrics.countHardened(mode, outcome);
  }
  const text = await metrics.registry.metrics();
  expect(text).toContain('permafrost_exemptions_total{rule="privileged",mode="enforce"} 1');
  expect(text).toContain('permafrost_exemptions_total{rule="privileged",mode="audit"} 1');
  expect(text).not.toContain('permafrost_changes_total{rule="privileged"');
});

test('an annotation stays short, however many containers there are', () => {
  const names = Array.from({ length: 200 }, (_, index) => `container-${index}`);
  const outcome = admit(reviewOf(false, names), 'audit', settings, '2027-01-31');
  const { response } = JSON.parse(encodeResponse('uid', 'audit', outcome));
  expect(response.auditAnnotations['exemptions'].length).toBe(1024);
});

test('without an exemption there is no annotation', () => {
  const outcome = admit(reviewOf(false, ['app']), 'enforce', settingsWith('[]'), '2027-01-31');
  const { response } = JSON.parse(encodeResponse('uid', 'enforce', outcome));
  expect(response.auditAnnotations).not.toHaveProperty('exemptions');
});
