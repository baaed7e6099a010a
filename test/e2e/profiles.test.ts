/**
 * That profiles are right, as far as images can be had: under a read-only root with exactly the profile's mounts the image does its work,
 * and without any single one of them it does not.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Pod } from '../../src/harden/pod.ts';
import { injectedMounts } from '../integration/support/pods.ts';
import {
  apply,
  call,
  createNamespace,
  deleteNamespace,
  eventually,
  readPod,
  readyPod,
  tryIn,
} from './support/cluster.ts';
import { configMap, haproxyConfiguration, idle, pod } from './support/workloads.ts';

interface Case {
  image: string;
  /** How it is started, as users do. */
  container?: object;
  volumes?: object[];
  /** Says by its exit code whether the image does its work: a shell command in the container, and one in another pod. */
  inside?: string;
  outside?: (address: string) => string;
  /** What its profile is expected to give. */
  paths: string[];
}

const cases: Case[] = [
  {
    image: 'nginx:1.27',
    outside: (address) => `curl -fsS --max-time 5 http://${address}/`,
    paths: ['/var/cache/nginx', '/var/run'],
  },
  // keeps what it is told, as its default settings promise
  { image: 'redis:7', inside: '[ "$(redis-cli SET a 1)" = OK ] && [ "$(redis-cli SAVE)" = OK ]', paths: ['/data'] },
  {
    image: 'httpd:2.4',
    outside: (address) => `curl -fsS --max-time 5 http://${address}/`,
    paths: ['/usr/local/apache2/logs'],
  },
  {
    image: 'haproxy:3.0',
    container: { volumeMounts: [{ name: 'configuration', mountPath: '/usr/local/etc/haproxy' }] },
    volumes: [{ name: 'configuration', configMap: { name: 'haproxy' } }],
    outside: (address) => `curl -fsS --max-time 5 http://${address}:8080/self`,
    paths: ['/run/haproxy', '/var/lib/haproxy'],
  },
  {
    image: 'memcached:1.6',
    outside: (address) =>
      `timeout 10 bash -c 'exec 3<>/dev/tcp/${address}/11211; printf "version\\r\\nquit\\r\\n" >&3; timeout 5 cat <&3 | grep VERSION'`,
    paths: [],
  },
  {
    // a user without a name, as OpenShift has them; the server wants a folder of its own below the volume
    image: 'postgres:17',
    container: {
      env: [
        { name: 'POSTGRES_PASSWORD', value: 'secret' },
        { name: 'PGDATA', value: '/var/lib/postgresql/data/pgdata' },
      ],
      securityContext: { runAsUser: 12_345, runAsGroup: 12_345 },
    },
    inside: 'psql -U postgres -Atc "create table if not exists t (n int); select 42" | grep 42',
    paths: ['/tmp', '/var/lib/postgresql/data', '/var/run/postgresql'],
  },
  {
    image: 'mariadb:11',
    container: { env: [{ name: 'MARIADB_ROOT_PASSWORD', value: 'secret' }] },
    inside: 'mariadb -uroot -psecret -e "create or replace table mysql.t (n int)"',
    paths: ['/run/mysqld', '/tmp', '/var/lib/mysql'],
  },
];

let frozen = '';
/** Without a label: pods run here exactly as they are written. */
let free = '';

beforeAll(async () => {
  [frozen, free] = await Promise.all([createNamespace('profiles', 'enforce'), createNamespace('proofs')]);
  const haproxy = configMap('haproxy', { 'haproxy.cfg': haproxyConfiguration });
  await apply(free, haproxy, pod('client', { containers: [{ name: 'client', ...idle }] }));
  await Promise.all(
    cases.map(async (each) => {
      const hardened = await hardenedPod(each);
      await create(hardened, nameOf(each));
      for (const path of each.paths) await create(without(hardened, path), nameOf(each, path));
    }),
  );
  await readyPod(free, 'app=client');
});
afterAll(async () => {
  await Promise.all([deleteNamespace(frozen), deleteNamespace(free)]);
});

for (const each of cases) {
  describe.concurrent(each.image, () => {
    test('works on a read-only root with exactly the mounts of its profile', async () => {
      await working(each);
      const live = await readPod(free, nameOf(each));
      expect(mountPaths(live)).toEqual(each.paths);
      expect(live.spec.containers?.[0]?.securityContext?.readOnlyRootFilesystem).toBe(true);
      expect(live.status?.containerStatuses?.[0]?.restartCount).toBe(0);
    });

    test.each(each.paths)('does not work without a mount on %s', async (path) => {
      await working(each); // so that time enough has passed for this one too
      const name = nameOf(each, path);
      await eventually(
        `${name} to be started`,
        async () => (await readPod(free, name)).status?.phase !== 'Pending' || undefined,
        180_000,
      );
      for (let attempt = 0; attempt < 4; attempt++) {
        const { status } = await readPod(free, name);
        if (status?.phase === 'Failed') return;
        expect(status?.phase).toBe('Running');
        expect(await works(each, name), `${path} is never needed`).toBe(false);
        await sleep(1500);
      }
    });
  });
}

function nameOf({ image }: Case, without?: string): string {
  return `${image.replace(/:.*/, '')}${without ? `-without${without.replaceAll('/', '-')}` : ''}`;
}

/** What Permafrost makes of it; nothing is created. */
async function hardenedPod({ image, container, volumes = [] }: Case): Promise<Pod> {
  const asked = pod('proof', { restartPolicy: 'Never', volumes, containers: [{ name: 'app', image, ...container }] });
  return call<Pod>('POST', `/api/v1/namespaces/${frozen}/pods?dryRun=All`, asked);
}

function without(hardened: Pod, path: string): Pod {
  const next = structuredClone(hardened);
  for (const container of next.spec.containers ?? []) {
    container.volumeMounts = (container.volumeMounts ?? []).filter((mount) => mount.mountPath !== path);
  }
  return next;
}

async function create({ spec }: Pod, name: string): Promise<void> {
  await call('POST', `/api/v1/namespaces/${free}/pods`, { metadata: { name }, spec });
}

function mountPaths(hardened: Pod): string[] {
  return injectedMounts(hardened, 'app')
    .map(({ mountPath }) => mountPath)
    .toSorted();
}

async function works({ inside, outside }: Case, name: string): Promise<boolean> {
  const { status } = await readPod(free, name);
  if (status?.phase !== 'Running' || status.podIP === undefined) return false;
  if (inside !== undefined && (await tryIn(free, name, 'app', inside)).exitCode !== 0) return false;
  return outside === undefined || (await tryIn(free, 'client', 'client', outside(status.podIP))).exitCode === 0;
}

async function working(each: Case): Promise<void> {
  const name = nameOf(each);
  await eventually(`${name} to work`, async () => (await works(each, name)) || undefined, 240_000);
}
