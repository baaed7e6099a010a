import { expect, test } from 'vitest';
import { annotate } from './annotations.ts';
import type { Pod } from './pod.ts';

test('leaves the annotations out where the API server would refuse that many bytes', () => {
  const before: Pod = { metadata: { annotations: { big: 'x'.repeat(256 * 1024 - 10) } }, spec: { containers: [] } };
  const after: Pod = { ...before, spec: { ...before.spec, volumes: [{ name: 'permafrost-app-tmp' }] } };
  expect(annotate(before, after, [], '1.0.0')).toBe(after);
});
