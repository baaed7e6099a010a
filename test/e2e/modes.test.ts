import { afterAll, beforeAll, expect, test } from 'vitest';
import { injectedPaths, isHardened } from '../integration/support/pods.ts';
import {
  apply,
  createNamespace,
  deleteNamespace,
  eventually,
  kubectl,
  type LivePod,
  listPods,
  permafrostNamespace,
  setMode,
  tryKubectl,
} from './support/cluster.ts';
import { deployment } from './support/workloads.ts';

let namespace = '';

beforeAll(async () => {
  namespace = await createNamespace('modes');
});
afterAll(() => deleteNamespace(namespace));

test('a namespace goes from audit to warn to enforce while its workload runs on', async () => {
  const start = Date.now();
  const web = deployment('web', {
    containers: [{ name: 'nginx', image: 'nginx:1.27', securityContext: { privileged: true } }],
  });
  await apply(namespace, web);
  await rolledOut();
  const before = await thePod();
  expect(isHardened(before)).toBe(false);

  await setMode(namespace, 'audit');
  await eventually('audits', async () => {
    expect(await tryOut(), 'audit is silent').toBe('');
    return (await isAudited(start)) || undefined;
  });
  await restart();
  const audited = await thePod();
  expect(audited.metadata.uid).not.toBe(before.metadata.uid);
  expect(isHardened(audited)).toBe(false);

  await setMode(namespace, 'warn');
  const warnings = await eventually('warnings', async () => (await tryOut()) || undefined);
  expect(warnings).toContain('Warning: permafrost (warn only, not changed): probe: root made read-only');
  await restart();
  const warned = await thePod();
  expect(isHardened(warned)).toBe(false);

  await setMode(namespace, 'enforce');
  await eventually('changes', async () => (await tryOut()).includes('Warning: permafrost: probe:') || undefined);
  expect((await thePod()).metadata.uid, 'a pod that runs is left alone').toBe(warned.metadata.uid);
  await restart();
  const enforced = await thePod();
  expect(isHardened(enforced)).toBe(true);
  expect(enforced.spec.containers?.[0]?.securityContext).toMatchObject({ privileged: false });
  expect(injectedPaths(enforced, 'nginx')).toEqual(['/var/cache/nginx', '/var/run']);
});

/** What kubectl shows to whoever creates such a pod. */
async function tryOut(): Promise<string> {
  const args = ['--namespace', namespace, 'run', 'probe', '--image=nginx:1.27', '--privileged', '--dry-run=server'];
  const { stderr } = await tryKubectl(args);
  return stderr;
}

async function restart(): Promise<void> {
  await kubectl(['--namespace', namespace, 'rollout', 'restart', 'deployment/web']);
  await rolledOut();
}

async function rolledOut(): Promise<void> {
  await kubectl(['--namespace', namespace, 'rollout', 'status', 'deployment/web', '--timeout=3m']);
}

function thePod(): Promise<LivePod> {
  return eventually('one pod', async () => {
    const pods = await listPods(namespace, 'app=web');
    return pods.length === 1 ? pods[0] : undefined;
  });
}

/** Whether a replica has logged a review in this mode: all that a namespace sees of it is nothing. */
async function isAudited(start: number): Promise<boolean> {
  const since = `--since=${Math.ceil((Date.now() - start) / 1000) + 5}s`;
  const logs = await kubectl([
    '--namespace',
    permafrostNamespace,
    'logs',
    '--selector=app.kubernetes.io/name=permafrost',
    '--tail=-1',
    since,
  ]);
  return logs
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line))
    .some((review) => review.namespace === namespace && review.mode === 'audit');
}
