import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { injectedPaths } from '../integration/support/pods.ts';
import {
  apply,
  createNamespace,
  deleteNamespace,
  eventually,
  isReady,
  kubectl,
  type LivePod,
  listPods,
  nodes,
  readyPod,
  runIn,
  tryIn,
  tryKubectl,
} from './support/cluster.ts';
import {
  configMap,
  cronJob,
  daemonSet,
  deployment,
  haproxyConfiguration,
  idle,
  job,
  pod,
  service,
  statefulSet,
} from './support/workloads.ts';

let namespace = '';

beforeAll(async () => {
  namespace = await createNamespace('workloads', 'enforce');
  const privileged = { securityContext: { privileged: true } };
  const password = (name: string) => [{ name, value: 'secret' }];
  await apply(
    namespace,
    pod('client', { containers: [{ name: 'client', ...idle }] }),
    service('web', 80),
    deployment(
      'web',
      {
        initContainers: [
          // what a page is made of, by a step that runs first
          {
            name: 'greeting',
            image: 'debian:12',
            command: ['sh', '-c', `echo "made by an init container" > /html/index.html; (${tellRoot}) > /html/init`],
            volumeMounts: [{ name: 'html', mountPath: '/html' }],
          },
          {
            name: 'clock',
            image: 'debian:12',
            restartPolicy: 'Always',
            command: ['sh', '-c', 'while true; do date +%s > /html/time; date > /tmp/scratch; sleep 1; done'],
            volumeMounts: [{ name: 'html', mountPath: '/html' }],
          },
        ],
        containers: [
          {
            name: 'nginx',
            image: 'nginx:1.27',
            ...privileged,
            volumeMounts: [{ name: 'html', mountPath: '/usr/share/nginx/html' }],
          },
        ],
        volumes: [{ name: 'html', emptyDir: {} }],
      },
      2,
    ),
    service('redis', 6379),
    statefulSet('redis', { containers: [{ name: 'redis', image: 'redis:7' }] }),
    service('httpd', 80),
    deployment('httpd', { containers: [{ name: 'httpd', image: 'httpd:2.4' }] }),
    service('postgres', 5432),
    statefulSet('postgres', {
      containers: [{ name: 'postgres', image: 'postgres:17', env: password('POSTGRES_PASSWORD') }],
    }),
    service('mariadb', 3306),
    statefulSet('mariadb', {
      containers: [{ name: 'mariadb', image: 'mariadb:11', env: password('MARIADB_ROOT_PASSWORD') }],
    }),
    configMap('haproxy', { 'haproxy.cfg': haproxyConfiguration }),
    service('haproxy', 8080),
    deployment('haproxy', {
      containers: [
        {
          name: 'haproxy',
          image: 'haproxy:3.0',
          volumeMounts: [{ name: 'configuration', mountPath: '/usr/local/etc/haproxy' }],
        },
      ],
      volumes: [{ name: 'configuration', configMap: { name: 'haproxy' } }],
    }),
    daemonSet('memcached', { containers: [{ name: 'memcached', image: 'memcached:1.6' }] }),
    job('report', { containers: [{ name: 'report', image: 'debian:12', command: ['sh', '-c', tellRoot] }] }),
    cronJob('tick', { containers: [{ name: 'tick', image: 'debian:12', command: ['sh', '-c', tellRoot] }] }),
  );
});
afterAll(() => deleteNamespace(namespace));

/** Says for each place whether it is writable. */
const tellRoot =
  'for d in /etc /usr "" /tmp; do if touch "$d/permafrost-e2e" 2>/dev/null; then echo "$d/ writable"; else echo "$d/ read-only"; fi; done';
const onlyTmp = '/etc/ read-only\n/usr/ read-only\n/ read-only\n/tmp/ writable\n';

describe.concurrent('in an enforce namespace', () => {
  test('a Deployment of nginx with init container and sidecar serves, from two pods', async () => {
    const web = await readyPod(namespace, 'app=web');
    expect(await get('http://web/')).toContain('made by an init container');
    expect(await get('http://web/init')).toBe(onlyTmp);
    expect(Number(await get('http://web/time'))).toBeGreaterThan(1_700_000_000);
    await expectImmutable(web, 'nginx', ['/var/cache/nginx', '/var/run']);
    await expectImmutable(web, 'clock', ['/tmp']);
    await eventually(
      'both pods to be ready',
      async () => (await listPods(namespace, 'app=web')).filter(isReady).length === 2 || undefined,
      180_000,
    );
  });

  test('a StatefulSet of redis answers, and saves its data', async () => {
    const redis = await readyPod(namespace, 'app=redis');
    const answer = await talk('redis', 6379, 'SET a 1\\r\\nSAVE\\r\\nGET a\\r\\nQUIT\\r\\n');
    expect(answer).toContain('+OK\r\n+OK\r\n$1\r\n1');
    await expectImmutable(redis, 'redis', ['/data']);
  });

  test('a Deployment of httpd serves', async () => {
    const httpd = await readyPod(namespace, 'app=httpd');
    expect(await get('http://httpd/')).toContain('It works!');
    await expectImmutable(httpd, 'httpd', ['/usr/local/apache2/logs']);
  });

  test('a StatefulSet of postgres makes its database and answers queries', async () => {
    const { metadata } = await readyPod(namespace, 'app=postgres');
    const query =
      'PGPASSWORD=secret psql -h postgres -U postgres -Atc "create table t (n int); insert into t values (41); select n + 1 from t"';
    const result = await eventually(
      'postgres to answer',
      async () => {
        const { exitCode, stdout } = await tryIn(namespace, metadata.name, 'postgres', query);
        return exitCode === 0 ? stdout : undefined;
      },
      180_000,
    );
    expect(result.trim().split('\n').at(-1)).toBe('42');
    await expectImmutable(await readyPod(namespace, 'app=postgres'), 'postgres', [
      '/tmp',
      '/var/lib/postgresql/data',
      '/var/run/postgresql',
    ]);
  });

  test('a StatefulSet of mariadb makes its database and answers queries', async () => {
    const { metadata } = await readyPod(namespace, 'app=mariadb');
    const query =
      'mariadb -h mariadb -uroot -psecret -Ne "create database d; create table d.t (n int); insert into d.t values (41); select n + 1 from d.t"';
    const result = await eventually(
      'mariadb to answer',
      async () => {
        const { exitCode, stdout } = await tryIn(namespace, metadata.name, 'mariadb', query);
        return exitCode === 0 ? stdout : undefined;
      },
      180_000,
    );
    expect(result.trim()).toBe('42');
    await expectImmutable(await readyPod(namespace, 'app=mariadb'), 'mariadb', [
      '/run/mysqld',
      '/tmp',
      '/var/lib/mysql',
    ]);
  });

  test('a Deployment of haproxy serves by itself and for others', async () => {
    const haproxy = await readyPod(namespace, 'app=haproxy');
    expect(await get('http://haproxy:8080/self')).toBe('haproxy serves');
    await eventually(
      'haproxy to hand on the page of the web server',
      async () => (await get('http://haproxy:8080/')).includes('made by an init container') || undefined,
      180_000,
    );
    await expectImmutable(haproxy, 'haproxy', ['/run/haproxy', '/var/lib/haproxy']);
  });

  test('a DaemonSet of memcached answers on every worker', async () => {
    await kubectl(['--namespace', namespace, 'rollout', 'status', 'daemonset/memcached', '--timeout=2m']);
    const all = await listPods(namespace, 'app=memcached');
    expect(new Set(all.map(({ spec }) => spec['nodeName']))).toEqual(new Set(nodes.slice(1)));
    for (const memcached of all) {
      const answer = await talk(memcached.status?.podIP ?? '', 11211, 'set a 0 0 1\\r\\n1\\r\\nquit\\r\\n');
      expect(answer).toContain('STORED');
      await expectImmutable(memcached, 'memcached', []);
    }
  });

  test('a Job ends well, and could write nowhere but /tmp', async () => {
    await kubectl(['--namespace', namespace, 'wait', 'job/report', '--for=condition=Complete', '--timeout=2m']);
    expect(await kubectl(['--namespace', namespace, 'logs', 'job/report'])).toBe(onlyTmp);
  });

  test('a CronJob fires, ends well, and could write nowhere but /tmp', async () => {
    const ended = await eventually(
      'the first job of the CronJob',
      async () => {
        const pods = await listPods(namespace, 'app=tick');
        return pods.find(({ status }) => status?.phase === 'Succeeded');
      },
      150_000,
    );
    const log = await kubectl(['--namespace', namespace, 'logs', ended.metadata.name]);
    expect(log).toBe(onlyTmp);
  });

  test('kubectl debug adds an ephemeral container, which becomes read-only and loses privilege too', async () => {
    await readyPod(namespace, 'app=client');
    const debug = [
      '--namespace',
      namespace,
      'debug',
      'client',
      '--container=look',
      '--image=debian:12',
      '--profile=sysadmin',
      '--quiet',
      '--',
      'sh',
      '-c',
      `${tellRoot}; sleep infinity`,
    ];
    const { exitCode, stderr } = await tryKubectl(debug);
    expect(exitCode, stderr).toBe(0);
    expect(stderr).toContain('Warning: permafrost: look: root made read-only');
    const log = await eventually('the ephemeral container to say what it can write', async () => {
      const text = await kubectl(['--namespace', namespace, 'logs', 'client', '--container=look']);
      return text.includes('/tmp/') ? text : undefined;
    });
    expect(log).toBe('/etc/ read-only\n/usr/ read-only\n/ read-only\n/tmp/ read-only\n');
    const [client] = await listPods(namespace, 'app=client');
    expect(client?.spec.ephemeralContainers?.[0]?.securityContext).toMatchObject({
      privileged: false,
      readOnlyRootFilesystem: true,
    });
  });

  test('the token of the service account is readable below an injected /var/run, and logs in', async () => {
    const web = await readyPod(namespace, 'app=web');
    const token = await runIn(
      namespace,
      web.metadata.name,
      'nginx',
      'cat /var/run/secrets/kubernetes.io/serviceaccount/token',
    );
    // with no other credentials at hand
    const url = 'https://kubernetes.default.svc/apis/authentication.k8s.io/v1/selfsubjectreviews';
    const review = '{"apiVersion":"authentication.k8s.io/v1","kind":"SelfSubjectReview"}';
    const ca = '/var/run/secrets/kubernetes.io/serviceaccount/ca.crt';
    await readyPod(namespace, 'app=client');
    const who = await runIn(
      namespace,
      'client',
      'client',
      `curl -sS --cacert ${ca} -H 'Authorization: Bearer ${token}' -H 'Content-Type: application/json' -d '${review}' ${url}`,
    );
    expect(JSON.parse(who).status.userInfo.username).toBe(`system:serviceaccount:${namespace}:default`);
  });
});

/** A request from inside another pod. */
async function get(url: string): Promise<string> {
  await readyPod(namespace, 'app=client');
  return eventually(`an answer of ${url}`, async () => {
    const { exitCode, stdout } = await tryIn(namespace, 'client', 'client', `curl -sS --max-time 5 '${url}'`);
    return exitCode === 0 ? stdout : undefined;
  });
}

/** Says something to a port from inside another pod, and returns what comes back. */
async function talk(host: string, port: number, text: string): Promise<string> {
  await readyPod(namespace, 'app=client');
  const command = `bash -c 'exec 3<>/dev/tcp/${host}/${port}; printf "${text}" >&3; timeout 5 cat <&3'`;
  return eventually(`an answer of ${host}`, async () => {
    const { exitCode, stdout } = await tryIn(namespace, 'client', 'client', command);
    return exitCode === 0 ? stdout : undefined;
  });
}

/** The root is read-only, not just said to be; exactly the profile's paths are writable; and nothing has restarted. */
async function expectImmutable(live: LivePod, container: string, writable: string[]): Promise<void> {
  const attempt = 'touch "$d/permafrost-e2e" 2>&1 || true';
  const root = await runIn(namespace, live.metadata.name, container, `for d in /etc /usr ""; do ${attempt}; done`);
  expect(root.match(/Read-only file system/g), root).toHaveLength(3);
  expect(injectedPaths(live, container).toSorted()).toEqual(writable);
  for (const path of writable) await runIn(namespace, live.metadata.name, container, `touch ${path}/permafrost-e2e`);
  const statuses = [...(live.status?.containerStatuses ?? []), ...(live.status?.initContainerStatuses ?? [])];
  expect(statuses.map(({ name, restartCount }) => [name, restartCount])).toEqual(statuses.map(({ name }) => [name, 0]));
}
