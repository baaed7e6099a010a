import { expect, test } from 'vitest';
import { fieldPath } from './field-path.ts';

test('writes field paths as Kubernetes does', () => {
  expect(fieldPath(['spec', 'containers', 0, 'image'])).toBe('spec.containers[0].image');
  expect(fieldPath(['metadata', 'annotations', 'a/b'])).toBe('metadata.annotations["a/b"]');
  expect(fieldPath([])).toBe('');
});
