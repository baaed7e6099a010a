import { expect, test } from 'vitest';
import { spellMountPath, viewMounts } from './mounts.ts';
import type { Container, VolumeMount } from './pod.ts';

const volumes = [{ name: 'data', emptyDir: {} }];

function cover(path: string, ...mounts: Omit<VolumeMount, 'name'>[]) {
  const container: Container = {
    name: 'app',
    volumeMounts: mounts.map((mount) => ({ name: 'data', ...mount }) as VolumeMount),
  };
  return viewMounts(container, volumes).cover(path).kind;
}

test('where two mounts are one place, the one that a runtime makes last counts, in whatever order they are written', () => {
  const run = { mountPath: '/run', readOnly: true };
  const varRun = { mountPath: '/var/run' };
  expect(cover('/run/app', run, varRun)).toBe('writable');
  expect(cover('/run/app', varRun, run)).toBe('writable');
});

test('a mount at /var/run is not at /run when another one at /var hides the link', () => {
  expect(cover('/run', { mountPath: '/var' }, { mountPath: '/var/run' })).toBe('free');
  expect(cover('/run/app', { mountPath: '/var/run', readOnly: true }, { mountPath: '/var' })).toBe('free');
});

test('a mount at / hides the links of the image, too', () => {
  expect(cover('/run/app', { mountPath: '/var/run', readOnly: true }, { mountPath: '/' })).toBe('writable');
  const mounts = ['/var', '/', '/var/run'].map((mountPath) => ({ name: 'data', mountPath }));
  expect(spellMountPath({ name: 'app', volumeMounts: mounts.slice(1) }, '/var/run/app')).toBe('/run/app');
  expect(spellMountPath({ name: 'app', volumeMounts: mounts }, '/var/run/app')).toBe('/run/app');
});

test('a path that the pod mounts is never mounted a second time, also where a later mount hides it', () => {
  expect(cover('/run/app', { mountPath: '/run/app' }, { mountPath: '/var/run' })).toBe('mounted');
  expect(cover('/data', { mountPath: '/data' }, { mountPath: '//' })).toBe('mounted');
});
