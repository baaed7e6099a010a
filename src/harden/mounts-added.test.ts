import fc from 'fast-check';
import { expect, test } from 'vitest';
import { canonicalPath, viewMounts } from './mounts.ts';
import type { Container } from './pod.ts';

const path = fc.constantFrom(
  '/',
  '/var',
  '/var/run',
  '/run',
  '/run/app',
  '/data',
  '/data/a',
  '/data/a/b',
  '/tmp',
  '/x',
);

test('a path that was added covers as a mount that was there from the start, whatever was asked before', () => {
  fc.assert(
    fc.property(fc.array(path, { maxLength: 4 }), fc.array(path, { maxLength: 5 }), path, (mounted, added, asked) => {
      const container = (paths: string[]): Container => ({
        name: 'app',
        volumeMounts: paths.map((mountPath) => ({ name: 'v', mountPath })),
      });
      const canonical = added.map(canonicalPath);
      const view = viewMounts(container(mounted), []);
      for (const each of canonical) {
        view.cover(each);
        view.add(each);
      }
      const fresh = viewMounts(container([...mounted, ...canonical]), []);
      const at = canonicalPath(asked);
      expect(view.cover(at)).toEqual(fresh.cover(at));
    }),
    { numRuns: 2000 },
  );
});
