import { expect, test } from 'vitest';
import type { Pod } from './pod.ts';
import { reasonToLeaveAlone } from './scope.ts';

const pod: Pod = { spec: { containers: [{ name: 'app' }] } };

test('leaves kube-system and its own namespace alone', () => {
  expect(reasonToLeaveAlone(pod, 'kube-system', 'permafrost-system')).toContain('kube-system');
  expect(reasonToLeaveAlone(pod, 'permafrost-system', 'permafrost-system')).toContain('own');
  expect(reasonToLeaveAlone(pod, 'shop', 'permafrost-system')).toBeUndefined();
});

test('leaves mirror pods alone, whatever the annotation holds', () => {
  const mirror = { ...pod, metadata: { annotations: { 'kubernetes.io/config.mirror': '' } } };
  expect(reasonToLeaveAlone(mirror, 'shop', 'x')).toContain('mirror pod');
});

test('leaves Windows pods alone, and no others', () => {
  expect(reasonToLeaveAlone({ spec: { ...pod.spec, os: { name: 'windows' } } }, 'shop', 'x')).toContain('Windows');
  expect(reasonToLeaveAlone({ spec: { ...pod.spec, os: { name: 'linux' } } }, 'shop', 'x')).toBeUndefined();
  expect(reasonToLeaveAlone({ spec: { ...pod.spec, os: null } }, 'shop', 'x')).toBeUndefined();
});
