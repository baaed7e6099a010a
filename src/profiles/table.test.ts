import { cpuUsage } from 'node:process';
import fc from 'fast-check';
import picomatch from 'picomatch';
import { expect, test } from 'vitest';
import type { ImageProfile } from './profile.ts';
import { createProfileTable } from './table.ts';

const profile = (name: string, image: string): ImageProfile => ({
  apiVersion: 'permafrost.dev/v1alpha1',
  kind: 'ImageProfile',
  metadata: { name },
  spec: { images: [image], sources: ['x'] },
});

test('the longest pattern that matches is found, as if each were tried', () => {
  const part = fc.constantFrom('a', 'b', 'ab', 'a.b');
  const patternPart = fc.constantFrom('a', 'b', 'ab', '*', '**', 'a*', '*b', '{a,b}', 'a.b');
  const patterns = fc.uniqueArray(
    fc.array(patternPart, { minLength: 2, maxLength: 4 }).map((parts) => parts.join('/')),
  );
  const repositories = fc.array(part, { minLength: 2, maxLength: 4 }).map((parts) => parts.join('/'));
  fc.assert(
    fc.property(patterns, repositories, (images, repository) => {
      const profiles = images.map((image, index) => profile(`p${String(index).padStart(3, '0')}`, image));
      const table = createProfileTable([{ origin: 'custom', profiles }]);
      const found = table.find({ repository, tag: undefined, digest: undefined })?.spec.images[0];
      const isPattern = (image: string) => /[*{]/.test(image);
      const longest = images
        .filter((image) => (isPattern(image) ? picomatch(image)(repository) : image === repository))
        .toSorted((a, b) => Number(isPattern(a)) - Number(isPattern(b)) || b.length - a.length)[0];
      expect(found?.length).toBe(longest?.length);
      if (longest && !isPattern(longest)) expect(found).toBe(longest);
    }),
    { numRuns: 2000 },
  );
});

test('with ten thousand profiles a table is made anew in moments', () => {
  const profiles = Array.from({ length: 10_000 }, (_, index) =>
    profile(`p${index}`, index % 10 ? `a.example/app${index}` : `a.example/team${index}/*`),
  );
  createProfileTable([{ origin: 'custom', profiles }]);
  const before = cpuUsage();
  const table = createProfileTable([{ origin: 'custom', profiles: profiles.slice(1) }]);
  const { user } = cpuUsage(before);
  expect(table.find({ repository: 'a.example/team500/x', tag: '1', digest: undefined })?.metadata.name).toBe('p500');
  expect(user / 1000, 'milliseconds of the processor; 25 measured').toBeLessThan(250);
});
