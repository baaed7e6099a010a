import { afterEach, beforeEach, expect, test } from 'vitest';
import type { ProfileTable } from '../../src/profiles/table.ts';
import { review } from './support/client.ts';
import { nginxPod, reviewOf } from './support/reviews.ts';
import { settings, startWebhook, type Webhook } from './support/webhook.ts';

let webhook: Webhook;
beforeEach(async () => {
  webhook = await startWebhook();
});
afterEach(() => webhook.close());

async function metric(name: string): Promise<string[]> {
  const text = await webhook.metrics.registry.metrics();
  return text.split('\n').filter((line) => line.startsWith(name) && !line.endsWith(' 0'));
}

test('a review leaves one line with what matters', async () => {
  await review(webhook, reviewOf(nginxPod, { dryRun: true }));
  const lines = await webhook.log();
  expect(lines).toHaveLength(1);
  expect(lines[0]).toMatchObject({
    level: 'info',
    msg: 'review',
    uid: '705ab4f5-6393-11e8-b7cc-42010a800002',
    mode: 'enforce',
    outcome: 'patched',
    namespace: 'web',
    name: 'nginx',
    operation: 'CREATE',
    resource: 'v1/pods',
    dryRun: true,
    rules: ['read-only-root-filesystem', 'privileged', 'writable-paths'],
    profiles: { nginx: 'nginx' },
  });
  expect(lines[0]?.['duration']).toBeGreaterThan(0);
  expect(new Date(String(lines[0]?.['time'])).getTime()).toBeGreaterThan(Date.now() - 60_000);
});

test('a pod without a name is logged with its generateName', async () => {
  await review(webhook, reviewOf({ ...nginxPod, metadata: { generateName: 'web-7d4b9-' } }), '/mutate/warn');
  const [line] = await webhook.log();
  expect(line).toMatchObject({ mode: 'warn', outcome: 'would-patch', generateName: 'web-7d4b9-' });
  expect(line).not.toHaveProperty('name');
});

test('pods of one template are answered, logged and counted one by one', async () => {
  const names = ['web-7d4b9-aaaaa', 'web-7d4b9-bbbbb', 'web-7d4b9-ccccc'];
  const answers = [];
  for (const [index, name] of names.entries()) {
    const pod = { ...nginxPod, metadata: { name, generateName: 'web-7d4b9-', labels: { pod: name } } };
    answers.push(await review(webhook, reviewOf(pod, { uid: `uid-${index}`, name: '' })));
  }
  expect(answers.map(({ json }) => json.response.uid)).toEqual(['uid-0', 'uid-1', 'uid-2']);
  expect(new Set(answers.map(({ json }) => json.response.patch)).size).toBe(1);
  const lines = await webhook.log();
  expect(lines.map(({ uid, name }) => [uid, name])).toEqual(names.map((name, index) => [`uid-${index}`, name]));
  const [{ uid: _, name: __, time: ___, duration: ____, ...first } = {}, ...others] = lines;
  for (const line of others) expect(line).toMatchObject(first);
  expect(await metric('permafrost_changes_total{rule="privileged"')).toEqual([
    'permafrost_changes_total{rule="privileged",mode="enforce"} 3',
  ]);
});

test('neither the log nor the metrics hold anything of the pod but names', async () => {
  const secrets = {
    ...nginxPod,
    metadata: { name: 'nginx', annotations: { 'a/b': 'hunter2-annotation' }, labels: { a: 'hunter2-label' } },
    spec: {
      containers: [
        {
          ...nginxPod.spec.containers[0],
          command: ['hunter2-command'],
          args: ['hunter2-args'],
          securityContext: { privileged: true, note: 'hunter2-note' },
        },
      ],
    },
  };
  for (const mode of ['audit', 'warn', 'enforce']) await review(webhook, reviewOf(secrets), `/mutate/${mode}`);
  await review(webhook, reviewOf({ spec: { containers: [{ name: 'a', securityContext: 'hunter2-context' }] } }));
  await review(webhook, reviewOf(secrets, { uid: { token: 'hunter2-uid' } }));
  expect(await webhook.logText()).not.toContain('hunter2');
  expect(await webhook.metrics.registry.metrics()).not.toContain('hunter2');
});

test('what a review is called in the log and in the metrics', async () => {
  const hardened = { metadata: { name: 'a' }, spec: { containers: [] } };
  await review(webhook, reviewOf(nginxPod), '/mutate/enforce');
  await review(webhook, reviewOf(nginxPod), '/mutate/warn');
  await review(webhook, reviewOf(nginxPod), '/mutate/audit');
  await review(webhook, reviewOf(hardened));
  await review(webhook, reviewOf(nginxPod, { namespace: 'kube-system' }));
  await review(webhook, reviewOf(nginxPod, { operation: 'UPDATE' }));
  await review(webhook, reviewOf(null));
  await review(webhook, '{');
  expect((await webhook.log()).map((line) => line['outcome'])).toEqual([
    'patched',
    'would-patch',
    'would-patch',
    'unchanged',
    'left-alone',
    'left-alone',
    'refused',
    'invalid',
  ]);
  expect(await metric('permafrost_reviews_total')).toEqual([
    'permafrost_reviews_total{mode="enforce",outcome="patched"} 1',
    'permafrost_reviews_total{mode="warn",outcome="would-patch"} 1',
    'permafrost_reviews_total{mode="audit",outcome="would-patch"} 1',
    'permafrost_reviews_total{mode="enforce",outcome="unchanged"} 1',
    'permafrost_reviews_total{mode="enforce",outcome="left-alone"} 2',
    'permafrost_reviews_total{mode="enforce",outcome="refused"} 1',
    'permafrost_reviews_total{mode="enforce",outcome="invalid"} 1',
  ]);
});

test('changes by rule, containers without a profile, durations up to the longest timeout, build and process', async () => {
  await review(webhook, reviewOf(nginxPod));
  const unknown = { spec: { containers: [{ name: 'app', image: 'registry.example/app:1' }] } };
  await review(webhook, reviewOf(unknown), '/mutate/warn');
  expect(await metric('permafrost_changes_total')).toEqual([
    'permafrost_changes_total{rule="read-only-root-filesystem",mode="enforce"} 1',
    'permafrost_changes_total{rule="privileged",mode="enforce"} 1',
    'permafrost_changes_total{rule="writable-paths",mode="enforce"} 1',
    'permafrost_changes_total{rule="read-only-root-filesystem",mode="warn"} 1',
    'permafrost_changes_total{rule="writable-paths",mode="warn"} 1',
  ]);
  expect(await metric('permafrost_containers_without_profile_total')).toEqual([
    'permafrost_containers_without_profile_total{mode="warn"} 1',
  ]);
  const text = await webhook.metrics.registry.metrics();
  expect(text).toContain('permafrost_review_duration_seconds_bucket{le="0.00025",mode="enforce"}');
  expect(text).toContain('permafrost_review_duration_seconds_bucket{le="30",mode="enforce"} 1');
  expect(text).toContain('permafrost_build_info{version="0.0.0-test",node_version="test"} 1');
  expect(text).toContain('nodejs_eventloop_lag_seconds');
  expect(text).toContain('process_resident_memory_bytes');
  expect(text).not.toContain('nodejs_gc_duration_seconds');
});

test('a bug of ours is a 500 with a line that has the uid, and the next review is answered', async () => {
  const broken: ProfileTable = new Proxy(settings.profiles, {
    get(target, key, receiver) {
      if (key !== 'find') return Reflect.get(target, key, receiver);
      return (reference: { repository: string }) => {
        if (reference.repository.endsWith('/bug')) throw new Error('a bug');
        return target.find(reference as Parameters<typeof target.find>[0]);
      };
    },
  });
  await webhook.close();
  webhook = await startWebhook({ settings: { profiles: broken } });
  const answer = await review(webhook, reviewOf({ spec: { containers: [{ name: 'a', image: 'x/bug' }] } }));
  expect(answer.status).toBe(500);
  expect(answer.json).toMatchObject({ kind: 'Status', reason: 'InternalError', code: 500 });
  expect(answer.json.message).toContain('705ab4f5-6393-11e8-b7cc-42010a800002');
  const [line] = await webhook.log();
  expect(line).toMatchObject({ level: 'error', uid: '705ab4f5-6393-11e8-b7cc-42010a800002', outcome: 'error' });
  expect(line?.['err']).toMatchObject({ message: 'a bug' });
  expect(await metric('permafrost_reviews_total')).toEqual([
    'permafrost_reviews_total{mode="enforce",outcome="error"} 1',
  ]);
  expect((await review(webhook, reviewOf(nginxPod))).json.response.allowed).toBe(true);
});
