import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Pod } from '../../src/harden/pod.ts';
import { isHardened } from '../integration/support/pods.ts';
import { access, call, createNamespace, deleteNamespace, eventually, script } from './support/cluster.ts';
import { listObjects } from './support/objects.ts';
import { deleteOverlay } from './support/permafrost.ts';
import { pod } from './support/workloads.ts';

let namespace = '';

beforeAll(async () => {
  namespace = await createNamespace('uninstall', 'enforce');
});
afterAll(async () => {
  await script('scripts/deploy'); // for the files after this one
  await deleteNamespace(namespace);
}, 300_000);

test('kubectl delete -k leaves nothing behind, and lets pods be created as they are', async () => {
  await deleteOverlay('manifests/overlays/kind');
  const created = await call<Pod>(
    'POST',
    `/api/v1/namespaces/${namespace}/pods?dryRun=All`,
    pod('plain', { containers: [{ name: 'nginx', image: 'nginx:1.27' }] }),
  );
  expect(isHardened(created)).toBe(false);
  // namespaces end in their own time
  await eventually(
    'all objects of Permafrost to be gone',
    async () => ((await leftOver()).length === 0 ? true : undefined),
    240_000, // those of the tests before, too
  ).catch(() => undefined);
  expect(await leftOver()).toEqual([]);
}, 400_000);

async function leftOver(): Promise<string[]> {
  const before = new Set(access.objectsBefore);
  const now = await listObjects({
    ...process.env,
    KUBECONFIG: access.kubeconfig,
    PATH: `${access.programs}:${process.env['PATH']}`,
  });
  return now.filter((object) => !before.has(object) && !object.includes(' e2e-') && !object.endsWith(`/${namespace}`));
}
