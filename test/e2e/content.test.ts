/** Content of the image that a volume would hide, in real containers. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { injectedPaths } from '../integration/support/pods.ts';
import {
  apply,
  call,
  createNamespace,
  deleteNamespace,
  eventually,
  kubectl,
  listPods,
  onNode,
  readyPod,
  request,
  runIn,
  tryIn,
  tryKubectl,
} from './support/cluster.ts';
import { deployment, idle, pod, service } from './support/workloads.ts';

const profile = {
  apiVersion: 'permafrost.dev/v1alpha1',
  kind: 'ImageProfile',
  metadata: { name: 'e2e-web' },
  spec: {
    images: ['registry.example/web'],
    writablePaths: [
      { path: '/etc/nginx/conf.d', purpose: 'configuration, changed at run time', content: 'copy' },
      { path: '/var/lib/app', purpose: 'what the application keeps', content: 'copy' },
      { path: '/var/lib/drop', purpose: 'what others put there', content: 'copy' },
      { path: '/run', purpose: 'the pid file' },
      { path: '/var/cache/nginx', purpose: 'temporary files' },
    ],
    sources: ['test/images/content.sh'],
  },
};
const copied = ['/etc/nginx/conf.d', '/var/lib/app', '/var/lib/drop'];

let frozen = '';
let free = '';

beforeAll(async () => {
  [frozen, free] = await Promise.all([createNamespace('content', 'enforce'), createNamespace('content-as-it-is')]);
  await apply(frozen, profile, pod('client', { containers: [{ name: 'client', ...idle }] }));
  await eventually('the profile to be in use', async () => {
    const created = await request(
      'POST',
      `/api/v1/namespaces/${frozen}/pods?dryRun=All`,
      pod('probe', { containers: [{ name: 'web', image: 'registry.example/web:1' }] }),
    );
    return created.text.includes('/var/lib/drop') || undefined;
  });
});
afterAll(async () => {
  await tryKubectl(['delete', 'imageprofile', 'e2e-web']);
  await Promise.all([deleteNamespace(frozen), deleteNamespace(free)]);
});

const web = (context: object = {}) => ({ containers: [{ name: 'web', image: 'registry.example/web:1', ...context }] });

/** Everything that a copy must keep, of every entry: type, mode, owner, size, time to the second, and where a link points to. */
const listing = `for d in ${copied.join(' ')}; do find $d -printf '%p %y %m %U:%G %s %TY-%Tm-%Td %TH:%TM:%.2TS %l\\n' | LC_ALL=C sort; done; stat -c '%h %n' /var/lib/app/hard`;

describe.concurrent('with content: copy', () => {
  test('a web server finds its configuration folder filled, as a user that is not root', async () => {
    await apply(frozen, service('web', 8080), deployment('web', web()));
    const { metadata } = await readyPod(frozen, 'app=web');
    await readyPod(frozen, 'app=client');
    const page = await eventually('a page', async () => {
      const { exitCode, stdout } = await tryIn(
        frozen,
        'client',
        'client',
        'curl -sS --max-time 5 http://web:8080/ http://web:8080/included',
      );
      return exitCode === 0 ? stdout : undefined;
    });
    expect(page).toContain('Welcome to nginx!');
    expect(page).toContain('included'); // by a link
    const [live] = await listPods(frozen, 'app=web');
    expect(live && injectedPaths(live, 'web').toSorted()).toEqual([...copied, '/run', '/var/cache/nginx'].toSorted());
    await runIn(frozen, metadata.name, 'web', copied.map((path) => `touch ${path}/new`).join(' && '));
    expect((await tryIn(frozen, metadata.name, 'web', 'touch /etc/nginx/x')).stderr).toContain('Read-only file system');
  });

  for (const [who, user] of [
    ['root', 0],
    ['the image’s own user', 999],
  ] as const) {
    test(`links, owners, modes and times are kept, 0700 and 1777 mount points too, as ${who}`, async () => {
      const name = `as-${user}`;
      const context = {
        command: ['sleep', 'infinity'],
        securityContext: { runAsUser: user, ...(user !== 0 && { runAsNonRoot: true }) },
      };
      await Promise.all([
        apply(frozen, pod(name, web(context))),
        apply(free, pod(name, web({ ...context, securityContext: { runAsUser: 0 } }))),
      ]);
      await Promise.all([readyPod(frozen, `app=${name}`), readyPod(free, `app=${name}`)]);
      const [copy, original] = await Promise.all([
        runIn(frozen, name, 'web', listing),
        runIn(free, name, 'web', listing),
      ]);
      expect(original).toMatch(/^\/var\/lib\/app d 700 999:999/m);
      expect(original).toMatch(/^\/var\/lib\/drop d 1777 0:0/m);
      // only root may give files to others
      const expected =
        user === 0 ? original : original.replaceAll(' 0:999 ', ` ${user}:999 `).replaceAll(' 0:0 ', ` ${user}:999 `);
      expect(withoutFolderSizes(copy)).toBe(withoutFolderSizes(expected));
    });
  }

  test('a second start of the init container is harmless', async () => {
    const name = 'again';
    await apply(frozen, pod(name, web()));
    const first = await readyPod(frozen, `app=${name}`);
    await runIn(
      frozen,
      name,
      'web',
      'echo "# changed" > /etc/nginx/conf.d/included; rm /var/lib/app/relative; echo mine > /var/lib/app/mine',
    );
    // without its sandbox, the kubelet starts the pod over again, init containers included; its volumes stay
    const pods = await call<{ spec: { nodeName: string } }>('GET', `/api/v1/namespaces/${frozen}/pods/${name}`);
    await onNode(pods.spec.nodeName, `crictl stopp $(crictl pods --quiet --name ${name} --namespace ${frozen})`);
    const state = await eventually('the pod to have started over', async () => {
      const [live] = await listPods(frozen, `app=${name}`);
      const [status] = live?.status?.containerStatuses ?? [];
      if (!status?.ready || status.containerID === first.status?.containerStatuses?.[0]?.containerID) return undefined;
      return runIn(frozen, name, 'web', 'cat /etc/nginx/conf.d/included /var/lib/app/mine; ls /var/lib/app');
    });
    const copies = (await listPods(frozen, `app=${name}`))[0]?.status?.initContainerStatuses ?? [];
    expect(copies[0]?.containerID, 'the copy has run again').not.toBe(
      first.status?.initContainerStatuses?.[0]?.containerID,
    );
    expect(state).toMatch(/^# changed\nmine\n/);
    expect(state).not.toContain('relative');
  });

  test('a pod that fills its ResourceQuota and LimitRange to the brim is created, and runs', async () => {
    const namespace = await createNamespace('quota', 'enforce');
    await apply(
      namespace,
      {
        apiVersion: 'v1',
        kind: 'ResourceQuota',
        metadata: { name: 'brim' },
        spec: {
          hard: {
            'requests.cpu': '60m',
            'requests.memory': '64Mi',
            'limits.cpu': '500m',
            'limits.memory': '128Mi',
            pods: '1',
          },
        },
      },
      {
        apiVersion: 'v1',
        kind: 'LimitRange',
        metadata: { name: 'brim' },
        spec: {
          limits: [{ type: 'Container', min: { cpu: '60m', memory: '64Mi' }, max: { cpu: '500m', memory: '128Mi' } }],
        },
      },
    );
    await apply(
      namespace,
      pod(
        'brim',
        web({ resources: { requests: { cpu: '60m', memory: '64Mi' }, limits: { cpu: '500m', memory: '128Mi' } } }),
      ),
    );
    const live = await readyPod(namespace, 'app=brim');
    expect(live.spec.initContainers).toHaveLength(1);
    await deleteNamespace(namespace);
  });

  test('an image whose log folder holds links to stdout and stderr needs nothing there', async () => {
    await apply(frozen, pod('logs', { containers: [{ name: 'nginx', image: 'nginx:1.27' }] }));
    const live = await readyPod(frozen, 'app=logs');
    expect(injectedPaths(live, 'nginx')).not.toContain('/var/log/nginx');
    await readyPod(frozen, 'app=client');
    await runIn(
      frozen,
      'client',
      'client',
      `curl -sS http://${live.status?.podIP}/ http://${live.status?.podIP}/missing`,
    );
    const log = await eventually('the requests in the log', async () => {
      const text = await kubectl(['--namespace', frozen, 'logs', 'logs']);
      return text.includes('GET /missing') ? text : undefined;
    });
    expect(log).toContain('"GET / HTTP');
    expect(log).toContain('open() "/usr/share/nginx/html/missing" failed'); // the error log
  });
});

/** How large a folder itself is depends on the file system. */
function withoutFolderSizes(text: string): string {
  return text.replaceAll(/^(\S+ d \d+ \S+) \d+/gm, '$1');
}
