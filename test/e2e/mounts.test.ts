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
  await apply(namespace, configMap('settings', { 'app.conf': 'kept' }));
});
afterAll(() => deleteNamespace(namespace));

/** A volume with another below it. */
const nested = (name: string, outer: object, mount: object) =>
  pod(name, {
    containers: [
      {
        name: 'app',
        ...idle,
        volumeMounts: [
          { name: 'outer', mountPath: '/outer', ...mount },
          { name: 'inner', mountPath: '/outer/inner' },
        ],
      },
    ],
    volumes: [
      { name: 'outer', ...outer },
      { name: 'inner', emptyDir: {} },
    ],
  });
const fromConfigMap = { configMap: { name: 'settings' } };

describe.concurrent('on a real node', () => {
  // the kubelet makes the mount points in ConfigMaps and Secrets itself: https://github.com/kubernetes/kubernetes/pull/86207
  test.each([
    ['without readOnly', 'writable', {}],
    ['with readOnly: true', 'read-only', { readOnly: true }],
  ])('a volume below a ConfigMap that is mounted %s works', async (_, suffix, mount) => {
    const name = `below-${suffix}`;
    await apply(namespace, nested(name, fromConfigMap, mount));
    await readyPod(namespace, `app=${name}`);
    expect(await runIn(namespace, name, 'app', 'touch /outer/inner/x && cat /outer/app.conf')).toBe('kept');
  });

  test('a volume below any other that is mounted with readOnly: true ends the container in StartError', async () => {
    await apply(namespace, nested('below-other', { emptyDir: {} }, { readOnly: true }));
    const reason = await eventually('the container to fail', async () => {
      const [status] = (await readPod(namespace, 'below-other')).status?.containerStatuses ?? [];
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
