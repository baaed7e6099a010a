/** ImageProfiles as resources of a real cluster: taken unchanged, refused when broken, effective within a second on every replica. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { createKubeApi, type KubeApi } from '../../src/kube/api.ts';
import { imageProfileDefinition } from '../../src/kube/crd.ts';
import { loadKubeConfig } from '../../src/kube/kube-config.ts';
import { type KubeObject, type WatchState, watchResource } from '../../src/kube/watch-resource.ts';
import { builtInFolder } from '../../src/profiles/load.ts';
import { access, call, createNamespace, eventually, kubectl, request } from './support/cluster.ts';
import { limitedKubeconfig, measureUntil, type Replica, startReplica, writeKubeconfig } from './support/replica.ts';
import { startProxy, type TcpProxy } from './support/tcp-proxy.ts';

const collection = '/apis/permafrost.dev/v1alpha1/imageprofiles';

/** All that a replica may do to follow profiles. */
const rules = [
  { apiGroups: ['permafrost.dev'], resources: ['imageprofiles'], verbs: ['list', 'watch'] },
  { apiGroups: ['permafrost.dev'], resources: ['imageprofiles/status'], verbs: ['patch'] },
];

interface Status {
  conditions: { type: string; status: string; reason: string; message: string; observedGeneration: number }[];
  paths: number;
}

let replicas: Replica[] = [];
let proxy: TcpProxy;

beforeAll(async () => {
  const namespace = await createNamespace();
  proxy = await startProxy();
  const direct = await limitedKubeconfig('follower', namespace, rules);
  const token = JSON.parse(readFileSync(direct, 'utf8')).users[0].user.token as string;
  const proxied = writeKubeconfig('follower-proxied', proxy.url, token);
  replicas = await Promise.all(
    [direct, proxied].map((file) => startReplica(['--watch-profiles', '--kubeconfig', file])),
  );
});
afterAll(async () => {
  await Promise.all(replicas.map((replica) => replica.stop()));
  proxy?.close();
  await request('DELETE', '/apis/apiextensions.k8s.io/v1/customresourcedefinitions/imageprofiles.permafrost.dev');
});

function profile(name: string, spec: object) {
  return {
    apiVersion: 'permafrost.dev/v1alpha1',
    kind: 'ImageProfile',
    metadata: { name },
    spec: { sources: ['a test'], ...spec },
  };
}

const writing = (...paths: string[]) => paths.map((path) => ({ path, purpose: 'a test' }));

async function statusOf(name: string): Promise<Status> {
  return (await call<{ status: Status }>('GET', `${collection}/${name}`)).status;
}

/** Waits for both replicas; the milliseconds that it took. */
function untilBoth(image: string, paths: string[]): Promise<number> {
  return measureUntil(`${image} to get ${paths}`, async () => {
    const found = await Promise.all(replicas.map((replica) => replica.pathsOf(image)));
    return found.every((each) => each.join() === paths.join());
  });
}

test('before the definition is installed, replicas are ready with the built-in table, and say so once', async () => {
  for (const replica of replicas) {
    expect(await replica.isReady()).toBe(true);
    expect(await replica.pathsOf('nginx')).toEqual(['/var/cache/nginx', '/var/run']);
    expect(replica.log().match(/the cluster has no such resource/g)).toHaveLength(1);
  }
});

test('once it is installed, they follow', async () => {
  const applied = await kubectl(['apply', '--filename=-'], JSON.stringify(imageProfileDefinition()));
  expect(applied.stderr).toBe('');
  expect(applied.exitCode).toBe(0);
  await eventually(
    'the API server to serve the resource',
    async () => (await request('GET', collection)).status === 200,
  );
  await call('POST', collection, profile('first', { images: ['a.example/first'], writablePaths: writing('/first') }));
  await untilBoth('a.example/first', ['/first']);
});

describe('the API server', () => {
  test('takes every built-in profile unchanged', async () => {
    const documents = readdirSync(builtInFolder).flatMap((file) =>
      parseAllDocuments(readFileSync(join(builtInFolder, file), 'utf8')).map((document) => document.toJS()),
    );
    const refused: string[] = [];
    await Promise.all(
      documents.map(async (document) => {
        const { status, text } = await request('POST', `${collection}?dryRun=All&fieldValidation=Strict`, document);
        if (status !== 201) refused.push(`${document.metadata.name}: ${text}`);
      }),
    );
    expect(refused).toEqual([]);
    expect(documents.length).toBeGreaterThan(80);
  });

  const path = (...entries: object[]) => ({ images: ['a.example/b'], writablePaths: entries });
  test.each<[string, object, string]>([
    ['no image', { images: [] }, 'spec.images: Invalid value: 0'],
    ['an image with a tag', { images: ['docker.io/library/nginx:1'] }, 'spec.images[0]: Invalid value'],
    ['a short image', { images: ['nginx'] }, 'spec.images[0]: Invalid value'],
    ['many wildcards', { images: ['a.example/*a*b*c*d*e'] }, 'has more than 4 wildcards'],
    ['no source', { images: ['a.example/b'], sources: [] }, 'spec.sources: Invalid value: 0'],
    ['an empty source', { images: ['a.example/b'], sources: [' '] }, 'spec.sources[0]: Invalid value'],
    ['the root', path(...writing('/')), '/ would hide the system itself'],
    ['a system folder', path(...writing('/etc')), '/etc would hide the system itself'],
    ['a system folder, oddly spelled', path(...writing('/.//usr/./')), 'would hide the system itself'],
    ['libraries', path(...writing('/lib64')), 'would hide the system itself'],
    ['the kernel’s', path(...writing('/proc/sys/net')), 'belongs to the kernel'],
    ['the kernel’s, oddly spelled', path(...writing('//sys/./fs')), 'belongs to the kernel'],
    ['a relative path', path(...writing('tmp')), 'spec.writablePaths[0].path: Invalid value'],
    ['a path that goes up', path(...writing('/a/../b')), 'must be an absolute path without'],
    ['a colon', path(...writing('/a:b')), 'spec.writablePaths[0].path: Invalid value'],
    ['no purpose', path({ path: '/a' }), 'spec.writablePaths[0].purpose: Required value'],
    ['an unknown content', path({ path: '/a', purpose: 'x', content: 'some' }), 'supported values: "empty", "copy"'],
    ['a size that is none', path({ path: '/a', purpose: 'x', sizeLimit: '1 GB' }), 'sizeLimit: Invalid value'],
    [
      'content below an empty volume',
      path({ path: '/a/b', purpose: 'x', content: 'copy' }, ...writing('/a')),
      'would hide content',
    ],
    ['a digest that is none', { images: ['a.example/b'], digests: ['sha256:1'] }, 'spec.digests[0]: Invalid value'],
    ['an unknown field', { images: ['a.example/b'], writeablePaths: [] }, 'unknown field "spec.writeablePaths"'],
  ])('refuses %s', async (_what, spec, message) => {
    const { status, text } = await request('POST', `${collection}?fieldValidation=Strict`, profile('broken', spec));
    expect({ status, message: JSON.parse(text).message }).toEqual({
      status: expect.toBeOneOf([400, 422]),
      message: expect.stringContaining(message),
    });
  });

  test.each(['/lib/firmware/x', '/etc/app', '/processes', '/system/x', '/var/run', '/.proc', '/usr/local/..data'])(
    'takes %s',
    async (place) => {
      const body = profile('fine', path(...writing(place)));
      expect((await request('POST', `${collection}?dryRun=All`, body)).text).toContain('"kind":"ImageProfile"');
    },
  );
});

test('what is created, changed and deleted takes effect within a second on both replicas', async () => {
  const image = 'a.example/changing';
  const measured: Record<string, number> = {};
  await call('POST', collection, profile('changing', { images: [image], writablePaths: writing('/one') }));
  measured['created'] = await untilBoth(image, ['/one']);
  const body = { spec: { writablePaths: writing('/two', '/three') } };
  await call('PATCH', `${collection}/changing`, body, 'application/merge-patch+json');
  measured['changed'] = await untilBoth(image, ['/three', '/two']);
  await call('DELETE', `${collection}/changing`);
  measured['deleted'] = await untilBoth(image, ['/tmp']);
  process.stderr.write(`took effect on two replicas after (ms): ${JSON.stringify(measured)}\n`);
  for (const milliseconds of Object.values(measured)) expect(milliseconds).toBeLessThan(1000);
});

test('the administrator’s own goes before a built-in one of the same weight', async () => {
  await call(
    'POST',
    collection,
    profile('my-nginx', { images: ['docker.io/library/nginx'], writablePaths: writing('/mine') }),
  );
  await untilBoth('nginx:1.27', ['/mine']);
  await call('DELETE', `${collection}/my-nginx`);
  await untilBoth('nginx:1.27', ['/var/cache/nginx', '/var/run']);
});

test('what only we can see is shown in the status and left out; the rest works; mended, the status says so', async () => {
  const spec = { images: ['a.example/mended'], versions: 'the newest', writablePaths: writing('/mended') };
  await call('POST', collection, profile('mended', spec));
  const broken = await eventually('a status', async () => (await statusOf('mended'))?.conditions);
  expect(broken).toEqual([
    expect.objectContaining({
      type: 'Accepted',
      status: 'False',
      reason: 'Invalid',
      message: 'spec.versions: must be a semver range such as ">=1.27.5" or "<18"',
      observedGeneration: 1,
    }),
  ]);
  expect(await replicas[0]?.pathsOf('a.example/mended:1')).toEqual(['/tmp']);
  expect(await replicas[0]?.pathsOf('a.example/first')).toEqual(['/first']);
  expect(await replicas[0]?.metrics()).toContain('permafrost_custom_profiles{state="refused"} 1');

  await call('PATCH', `${collection}/mended`, { spec: { versions: '>=1' } }, 'application/merge-patch+json');
  await untilBoth('a.example/mended:1', ['/mended']);
  await eventually('the status to say so', async () => (await statusOf('mended')).conditions[0]?.status === 'True');
  expect(await statusOf('mended')).toMatchObject({
    paths: 1,
    conditions: [{ observedGeneration: 2, reason: 'Accepted' }],
  });
  const { stdout } = await kubectl(['get', 'iprof', 'mended', '--no-headers']);
  expect(stdout).toMatch(/^mended +a\.example\/mended +1 +True +\d+s\n$/);
});

test('of two that claim one image the first by name wins, and the other’s status says so', async () => {
  const image = 'a.example/both';
  await call('POST', collection, profile('both-b', { images: [image], writablePaths: writing('/b') }));
  await untilBoth(image, ['/b']);
  await call('POST', collection, profile('both-a', { images: [image], writablePaths: writing('/a') }));
  await untilBoth(image, ['/a']);
  const conflict = await eventually('the status', async () =>
    (await statusOf('both-b')).conditions.find(({ type }) => type === 'Conflict'),
  );
  expect(conflict).toMatchObject({
    status: 'True',
    reason: 'SameImage',
    message: `"both-a" claims ${image} with the same weight and is used; narrow one of the two`,
  });
  await call('DELETE', `${collection}/both-a`);
  await untilBoth(image, ['/b']);
  await eventually('the conflict to go', async () => (await statusOf('both-b')).conditions.length === 1);
});

test('replicas write a status once, and then leave it', async () => {
  await sleep(1000);
  const versions = async () => {
    const { items } = await call<{ items: KubeObject[] }>('GET', collection);
    return items.map(({ metadata }) => `${metadata.name} ${metadata.resourceVersion}`);
  };
  const before = await versions();
  await sleep(1500);
  expect(await versions()).toEqual(before);
});

test('what changes while the connection is cut is there when it is back', async () => {
  const image = 'a.example/cut';
  await call('POST', collection, profile('cut', { images: [image], writablePaths: writing('/cut') }));
  proxy.cut();
  await call('DELETE', `${collection}/first`);
  expect(await untilBoth(image, ['/cut'])).toBeLessThan(1000);
  await untilBoth('a.example/first', ['/tmp']);
  for (let times = 0; times < 5; times++) {
    proxy.cut();
    await sleep(50);
  }
  await call('DELETE', `${collection}/cut`);
  await untilBoth(image, ['/tmp']);
});

/** A watch in this process, with times that a test can wait for. */
async function watchHere(change: (api: KubeApi) => KubeApi = (api) => api, server = access.url, timing = {}) {
  const config = loadKubeConfig(writeKubeconfig('watch-here', server));
  const states: WatchState[] = [];
  const sizes: number[] = [];
  let names: string[] = [];
  const watch = watchResource({
    api: change(createKubeApi(config)),
    path: collection,
    onState: (state) => states.push(state),
    onChange(objects) {
      sizes.push(objects.size);
      names = [...objects.values()].map(({ metadata }) => metadata.name);
    },
    timing,
  });
  return { states, sizes, names: () => names, stop: () => watch.stop() };
}

test('a connection that went silent is noticed, and what happened meanwhile is there', async () => {
  const silent = await startProxy();
  const watch = await watchHere(undefined, silent.url, { watch: 1_000, grace: 500, answer: 500 });
  await eventually('the list', () => watch.states.some(({ kind }) => kind === 'listed'));
  silent.silence(true);
  await call('POST', collection, profile('silence', { images: ['a.example/silence'] }));
  await eventually('the failure', () => watch.states.find(({ kind }) => kind === 'failed'));
  expect(watch.names()).not.toContain('silence');
  silent.silence(false);
  await eventually('the change', () => watch.names().includes('silence'));
  watch.stop();
  silent.close();
  await call('DELETE', `${collection}/silence`);
});

test('when the API server forgot the history (410), the old set stays until the new list is complete', async () => {
  let isOld = false;
  const watch = await watchHere(
    (api) => ({
      ...api,
      stream(path, options) {
        // version 1 is older than anything that the API server can tell of: it answers 410 itself
        const query = isOld ? { ...options.query, resourceVersion: '1' } : options.query;
        return api.stream(path, { ...options, query });
      },
    }),
    access.url,
    { watch: 1_000 },
  );
  await eventually('the list', () => watch.states.some(({ kind }) => kind === 'listed'));
  const known = watch.names();
  expect(known.length).toBeGreaterThan(0);
  isOld = true;
  await eventually('a 410', () => watch.states.some(({ kind }) => kind === 'history-gone'));
  isOld = false;
  await call('POST', collection, profile('forgotten', { images: ['a.example/forgotten'] }));
  await eventually('the new list', () => watch.names().includes('forgotten'));
  expect(Math.min(...watch.sizes)).toBeGreaterThanOrEqual(known.length);
  watch.stop();
  await call('DELETE', `${collection}/forgotten`);
});

test('while the API server is away all stays in use; when it is back, so are changes', async () => {
  const image = 'a.example/restart';
  await call('POST', collection, profile('restart', { images: [image], writablePaths: writing('/restart') }));
  await untilBoth(image, ['/restart']);
  writeFileSync(join(access.folder, 'kube-apiserver.restart'), '');
  process.kill(Number(readFileSync(join(access.folder, 'kube-apiserver.pid'), 'utf8')), 'SIGKILL');
  const started = performance.now();
  for (const replica of replicas) {
    expect(await replica.pathsOf(image)).toEqual(['/restart']);
    expect(await replica.pathsOf('nginx')).toEqual(['/var/cache/nginx', '/var/run']);
    expect(await replica.isReady()).toBe(true);
  }
  await measureUntil(
    'the API server',
    async () => (await request('GET', '/readyz').catch(() => undefined))?.status === 200,
    60_000,
  );
  process.stderr.write(`the API server was away for ${Math.round(performance.now() - started)} ms\n`);
  for (const replica of replicas) expect(await replica.pathsOf(image)).toEqual(['/restart']);
  await call(
    'PATCH',
    `${collection}/restart`,
    { spec: { writablePaths: writing('/again') } },
    'application/merge-patch+json',
  );
  process.stderr.write(`a change right after took effect after ${Math.round(await untilBoth(image, ['/again']))} ms\n`);
});
