import { expect, test } from 'vitest';
import { knownImage } from './known-images.ts';
import type { ImageProfile } from './profile.ts';
import { createProfileTable } from './table.ts';

function profileOf(name: string, image: string): ImageProfile {
  return {
    apiVersion: 'permafrost.dev/v1alpha1',
    kind: 'ImageProfile',
    metadata: { name },
    spec: { images: [image], writablePaths: [], sources: [] },
  } as unknown as ImageProfile;
}

const nginx = profileOf('nginx', 'docker.io/library/nginx');
const table = createProfileTable([{ origin: 'built-in', profiles: [nginx] }]);

test('an image is found the first time and every time after', () => {
  for (let time = 0; time < 3; time++) {
    expect(knownImage(table, [], 'nginx:1.27')).toEqual({
      reference: { repository: 'docker.io/library/nginx', tag: '1.27', digest: undefined },
      profile: nginx,
    });
    expect(knownImage(table, [], 'unknown').profile).toBeUndefined();
    expect(knownImage(table, [], 'Not valid')).toEqual({ reference: undefined, profile: undefined });
  }
});

test('another table, or other mirrors, are asked anew', () => {
  const mirrors = [{ prefix: 'mirror.example/hub', standsFor: 'docker.io' }];
  const image = 'mirror.example/hub/nginx';
  expect(knownImage(table, [], image).profile).toBeUndefined();
  expect(knownImage(table, mirrors, image).profile).toBe(nginx);
  expect(knownImage(table, [], image).profile).toBeUndefined();
  expect(knownImage(createProfileTable([]), mirrors, image).profile).toBeUndefined();
});

test('very many and very long names are looked up rightly, too', () => {
  for (let index = 0; index < 10_000; index++) {
    const image = `registry.example/app-${index}`;
    expect(knownImage(table, [], image).reference?.repository).toBe(image);
  }
  expect(knownImage(table, [], `nginx@sha256:${'a'.repeat(64)}`).profile).toBe(nginx);
  expect(knownImage(table, [], `nginx:${'a'.repeat(300)}`).reference).toBeUndefined();
});
