import { afterAll, beforeAll, expect, test } from 'vitest';
import { apply, createNamespace, deleteNamespace, nodes, readyPod } from './support/cluster.ts';
import { replicas, restart } from './support/permafrost.ts';
import { idle, pod } from './support/workloads.ts';

let namespace = '';

beforeAll(async () => {
  namespace = await createNamespace('spread');
});
afterAll(() => deleteNamespace(namespace));

// zones are what clouds have; where nodes tell of none, the scheduler must not give up on spreading altogether
test('no node gets both replicas, though one is busier and nodes tell of no zone', async () => {
  const requests = { cpu: '800m' };
  await apply(
    namespace,
    pod('busy', { nodeName: nodes[1], containers: [{ name: 'busy', ...idle, resources: { requests } }] }),
  );
  await readyPod(namespace, 'app=busy');
  await restart();
  const places = (await replicas()).map(({ spec }) => spec['nodeName']);
  expect(new Set(places).size, String(places)).toBe(2);
});
