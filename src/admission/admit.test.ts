import jsonPatch from 'fast-json-patch';
import { describe, expect, test } from 'vitest';
import { defaultPolicy } from '../policy/policy.ts';
import { createProfileTable } from '../profiles/table.ts';
import { type AdmitSettings, admit } from './admit.ts';
import type { Mode } from './mode.ts';
import { encodeResponse } from './respond.ts';
import type { Review } from './review.ts';

const settings: AdmitSettings = {
  profiles: createProfileTable([]),
  policy: defaultPolicy,
  version: '1.2.3',
  ownNamespace: 'permafrost-system',
};

const pod = {
  metadata: { name: 'web' },
  spec: { containers: [{ name: 'app', image: 'app', future: { field: [1] } }] },
};

function reviewOf(fields: Partial<Review> = {}): Review {
  const base = { uid: 'u', operation: 'CREATE', namespace: 'web', name: 'web', resource: 'v1/pods', dryRun: false };
  return { ...base, object: pod, oldObject: undefined, ...fields };
}

function decide(mode: Mode, fields: Partial<Review> = {}) {
  return admit(reviewOf(fields), mode, settings, '2026-01-01');
}

// biome-ignore lint/suspicious/noExplicitAny: a test knows what it expects
function answer(mode: Mode, fields: Partial<Review> = {}): any {
  return JSON.parse(encodeResponse('u', mode, decide(mode, fields))).response;
}

describe('modes', () => {
  test('enforce answers with a patch that keeps what nobody knows', () => {
    const response = answer('enforce');
    const patch = JSON.parse(Buffer.from(response.patch, 'base64').toString());
    const after = jsonPatch.applyPatch(structuredClone(pod), patch).newDocument;
    expect(after.spec.containers[0]).toMatchObject({
      securityContext: { readOnlyRootFilesystem: true },
      future: { field: [1] },
    });
    expect(response.auditAnnotations).toMatchObject({ mode: 'enforce', profiles: 'app=-' });
    expect(response.auditAnnotations.rules).toBe('read-only-root-filesystem,writable-paths');
    expect(response.auditAnnotations.findings).toMatch(/^warning=\d+,notice=\d+$/);
  });

  test('warn and audit find the same and change nothing', () => {
    const outcomes = (['enforce', 'warn', 'audit'] as const).map((mode) => decide(mode));
    expect(outcomes.map(({ kind }) => kind)).toEqual(['patched', 'would-patch', 'would-patch']);
    const findings = outcomes.map((outcome) => ('findings' in outcome ? outcome.findings : undefined));
    expect(findings[1]).toEqual(findings[0]);
    expect(findings[2]).toEqual(findings[0]);
    expect(answer('warn')).toMatchObject({ allowed: true, warnings: expect.any(Array) });
    expect(answer('warn')).not.toHaveProperty('patch');
    expect(answer('warn')).not.toHaveProperty('patchType');
    expect(answer('audit')).not.toHaveProperty('warnings');
    expect(answer('audit').auditAnnotations.rules).toBe(answer('enforce').auditAnnotations.rules);
  });

  test('a dry run gets the same answer', () => {
    expect(answer('enforce', { dryRun: true })).toEqual(answer('enforce'));
  });

  test('an own result is left as it is', () => {
    const { patch } = answer('enforce');
    const operations = JSON.parse(Buffer.from(patch, 'base64').toString());
    const object = jsonPatch.applyPatch(structuredClone(pod), operations).newDocument;
    const again = answer('enforce', { object });
    expect(again).not.toHaveProperty('patch');
    expect(again).not.toHaveProperty('patchType');
    expect(again.auditAnnotations).not.toHaveProperty('rules');
  });
});

describe('what is not touched', () => {
  test.each([
    ['an update of a pod', { operation: 'UPDATE' }],
    ['a deletion', { operation: 'DELETE', object: null }],
    ['another subresource', { operation: 'CREATE', resource: 'v1/pods/binding', object: {} }],
    ['a connection', { operation: 'CONNECT', resource: 'v1/pods/exec', object: {} }],
    ['a deployment', { resource: 'apps/v1/deployments' }],
    ['pods of another group', { resource: 'metrics.k8s.io/v1/pods' }],
    ['pods of another version', { resource: 'v2/pods' }],
    ['kube-system', { namespace: 'kube-system' }],
    ["Permafrost's own namespace", { namespace: 'permafrost-system' }],
    ['a mirror pod', { object: { ...pod, metadata: { annotations: { 'kubernetes.io/config.mirror': 'x' } } } }],
    ['a Windows pod', { object: { ...pod, spec: { ...pod.spec, os: { name: 'windows' } } } }],
  ])('%s', (_name, fields) => {
    expect(decide('enforce', fields).kind).toBe('left-alone');
    const response = answer('enforce', fields);
    expect(response.allowed).toBe(true);
    expect(response).not.toHaveProperty('patch');
    expect(response.auditAnnotations['left-alone']).toEqual(expect.any(String));
  });
});

test('on the subresource only an ephemeral container that is new is hardened, and no volume is added', () => {
  const old = { ...pod, spec: { ...pod.spec, ephemeralContainers: [{ name: 'first', image: 'a' }] } };
  const object = {
    ...old,
    spec: {
      ...old.spec,
      ephemeralContainers: [
        { name: 'first', image: 'a' },
        { name: 'second', image: 'a' },
      ],
    },
  };
  const fields = { operation: 'UPDATE', resource: 'v1/pods/ephemeralcontainers', object, oldObject: old };
  const operations = JSON.parse(Buffer.from(answer('enforce', fields).patch, 'base64').toString());
  expect(operations).toEqual([
    { op: 'add', path: '/spec/ephemeralContainers/1/securityContext', value: { readOnlyRootFilesystem: true } },
  ]);
});

test('the audit annotations of a pod with very many containers stay short', () => {
  const containers = Array.from({ length: 500 }, (_, index) => ({ name: `container-${index}`, image: 'app' }));
  const { auditAnnotations } = answer('enforce', { object: { spec: { containers } } });
  expect(auditAnnotations.profiles.length).toBeLessThanOrEqual(1024);
  for (const key of Object.keys(auditAnnotations)) expect(key).toMatch(/^[a-z][a-z-]*$/);
});
