import { describe, expect, test } from 'vitest';
import { parseImageReference, resolveMirror } from './image-reference.ts';

const digest = `sha256:${'0f'.repeat(32)}`;

describe('parseImageReference', () => {
  test.each([
    ['nginx', 'docker.io/library/nginx', undefined, undefined],
    ['library/nginx', 'docker.io/library/nginx', undefined, undefined],
    ['docker.io/nginx:1.27', 'docker.io/library/nginx', '1.27', undefined],
    [`index.docker.io/library/nginx@${digest}`, 'docker.io/library/nginx', undefined, digest],
    [`nginx:1.27-alpine@${digest}`, 'docker.io/library/nginx', '1.27-alpine', digest],
    ['grafana/grafana', 'docker.io/grafana/grafana', undefined, undefined],
    ['quay.io/prometheus/prometheus:v3', 'quay.io/prometheus/prometheus', 'v3', undefined],
    ['localhost/app', 'localhost/app', undefined, undefined],
    ['localhost:5000/app:1', 'localhost:5000/app', '1', undefined],
    ['registry.example:5000/a/b/c', 'registry.example:5000/a/b/c', undefined, undefined],
    ['[::1]:5000/app', '[::1]:5000/app', undefined, undefined],
    ['Registry/app', 'Registry/app', undefined, undefined],
    ['a__b/c-d.e_f', 'docker.io/a__b/c-d.e_f', undefined, undefined],
  ])('reads %s', (text, repository, tag, expectedDigest) => {
    expect(parseImageReference(text)).toEqual({ repository, tag, digest: expectedDigest });
  });

  test.each([
    '',
    ' nginx',
    'Nginx',
    'nginx:',
    'nginx:-tag',
    'nginx@',
    'nginx@sha256:short',
    'nginx@md5',
    'a//b',
    '/nginx',
    'nginx/',
    'https://docker.io/nginx',
    'a..b',
    'x'.repeat(5000),
    `docker.io/${'a'.repeat(256)}`,
    'nginx:1@sha256',
    'bild_ä',
  ])('refuses %j', (text) => {
    expect(parseImageReference(text)).toBeUndefined();
  });

  test('takes no longer for a name made to be slow', () => {
    const started = performance.now();
    parseImageReference(`${'a-'.repeat(500)}!`);
    parseImageReference(`${'a.'.repeat(120)}/${'-'.repeat(120)}`);
    expect(performance.now() - started).toBeLessThan(100);
  });
});

describe('resolveMirror', () => {
  const mirrors = [
    { prefix: 'mirror.example', standsFor: 'quay.io' },
    { prefix: 'mirror.example/hub', standsFor: 'docker.io' },
  ];
  const resolve = (text: string) => {
    const reference = parseImageReference(text);
    return reference && resolveMirror(reference, mirrors).repository;
  };

  test('puts the original registry in the place of the longest prefix', () => {
    expect(resolve('mirror.example/hub/library/nginx')).toBe('docker.io/library/nginx');
    expect(resolve('mirror.example/prometheus/prometheus')).toBe('quay.io/prometheus/prometheus');
  });

  test('gives Docker Hub’s official images their library', () => {
    expect(resolve('mirror.example/hub/nginx')).toBe('docker.io/library/nginx');
  });

  test('takes whole path components only', () => {
    expect(resolve('mirror.example/hubcap/nginx')).toBe('quay.io/hubcap/nginx');
    expect(resolve('mirror.example.org/nginx')).toBe('mirror.example.org/nginx');
  });
});
