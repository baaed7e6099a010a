/** What the rules take for granted about mounts below mounts, which only a container runtime can tell. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { injectedPaths } from '../integration/support/pods.ts';
import {
  apply,
  createNamespace,
  deleteNamespace,
  eventually,
  listPods,
  readPod,
  readyPod,
  runIn,
} from './support/cluster.ts';
import { configMap, idle, pod } from './support/workloads.ts';

let namespace = '';

beforeAll(async () => {
  namespace = await createNamespace('mounts', 'enforce');
});
afterAll(() => deleteNamespace(namespace));

const settings = configMap('settings', { 'app.conf': 'kept' });
const below = (readOnly: boolean) => ({
  containers: [
    {
      name: 'app',
      ...idle,
      volumeMounts: [
        { name: 'settings', mountPath: '/settings', ...(readOnly && { readOnly }) },
        { name: 'cache', mountPath: '/settings/cache' },
      ],
    },
  ],
  volumes: [
    { name: 'settings', configMap: { name: 'settings' } },
    { name: 'cache', emptyDir: {} },
  ],
});

describe.concurrent('on a real node', () => {
  test('a volume below a ConfigMap that is mounted without readOnly works', async () => {
    await apply(namespace, settings, pod('below-writable', below(false)));
    await readyPod(namespace, 'app=below-writable');
    const text = await runIn(namespace, 'below-writable', 'app', 'touch /settings/cache/x && cat /settings/app.conf');
    expect(text).toBe('kept');
  });

  test('a volume below one that is mounted with readOnly: true ends the container in StartError', async () => {
    await apply(namespace, settings, pod('below-read-only', below(true)));
    const reason = await eventually('the container to fail', async () => {
      const [status] = (await readPod(namespace, 'below-read-only')).status?.containerStatuses ?? [];
      return status?.state?.terminated?.reason ?? status?.lastState?.terminated?.reason;
    });
    expect(reason).toBe('StartError');
  });

  test('the token stays readable below an injected /var/run, which the image has as a link to /run', async () => {
    await apply(namespace, pod('token', { containers: [{ name: 'nginx', image: 'nginx:1.27' }] }));
    const live = await readyPod(namespace, 'app=token');
    expect(injectedPaths(live, 'nginx')).toContain('/var/run');
    const token = await runIn(
      namespace,
      'token',
      'nginx',
      'cat /run/secrets/kubernetes.io/serviceaccount/token; touch /run/x',
    );
    expect(token.split('.')).toHaveLength(3);
    await runIn(namespace, 'token', 'nginx', 'test -s /run/nginx.pid && test -s /var/run/nginx.pid');
  });

  test('two containers of one image have a pid file each', async () => {
    const second = configMap('second', { 'default.conf': 'server { listen 81; }' });
    const twins = pod('twins', {
      containers: [
        { name: 'first', image: 'nginx:1.27' },
        { name: 'second', image: 'nginx:1.27', volumeMounts: [{ name: 'second', mountPath: '/etc/nginx/conf.d' }] },
      ],
      volumes: [{ name: 'second', configMap: { name: 'second' } }],
    });
    await apply(namespace, second, twins);
    await readyPod(namespace, 'app=twins');
    const [live] = await listPods(namespace, 'app=twins');
    expect(live?.status?.containerStatuses?.map(({ restartCount }) => restartCount)).toEqual([0, 0]);
    await runIn(namespace, 'twins', 'first', 'touch /run/first');
    expect(await runIn(namespace, 'twins', 'second', 'ls /run')).not.toContain('first');
  });
});
