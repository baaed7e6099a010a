import { Agent } from 'node:https';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { call, review } from './support/client.ts';
import { nginxPod, reviewOf } from './support/reviews.ts';
import { startWebhook, type Webhook } from './support/webhook.ts';

const agent = new Agent({ keepAlive: true });
const numRuns = Number(process.env['FUZZ_RUNS'] ?? 300);
let webhook: Webhook;
beforeAll(async () => {
  webhook = await startWebhook();
});
afterAll(async () => {
  expect((await review(webhook, reviewOf(nginxPod))).json.response.allowed, 'the server lives').toBe(true);
  agent.destroy();
  await webhook.close();
});

const path = fc.constantFrom('/mutate/audit', '/mutate/warn', '/mutate/enforce');

test('any bytes at all are answered with a 4xx in JSON', async () => {
  await fc.assert(
    fc.asyncProperty(path, fc.uint8Array({ maxLength: 300 }), async (to, bytes) => {
      const answer = await call(webhook, { path: to, body: Buffer.from(bytes), agent });
      expect(answer.status).toBe(400);
      expect(answer.json.message).not.toBe('');
    }),
    { numRuns },
  );
});

test('any JSON at all is answered with a 4xx in JSON', async () => {
  await fc.assert(
    fc.asyncProperty(path, fc.json({ maxDepth: 5 }), async (to, text) => {
      const answer = await call(webhook, { path: to, body: text, agent });
      expect(answer.status).toBe(400);
      expect(answer.json.message).not.toBe('');
    }),
    { numRuns },
  );
});

/** A value as it should be, or now and then anything else. */
const odd = <T>(value: fc.Arbitrary<T>) =>
  fc.oneof(
    { weight: 12, arbitrary: value as fc.Arbitrary<unknown> },
    { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 2 }) },
  );
const record = (fields: Record<string, fc.Arbitrary<unknown>>) => odd(fc.record(fields, { requiredKeys: [] }));
const list = (item: fc.Arbitrary<unknown>) => odd(fc.array(item, { maxLength: 3 }));
const name = odd(
  fc.constantFrom('nginx', 'a', '', '__proto__', 'constructor', '\u0000\n', '💥'.repeat(100), 'x'.repeat(300)),
);
const text = odd(
  fc.oneof(fc.constantFrom('/var/run', '/', '', '..', '/var//cache/nginx/'), fc.string({ unit: 'binary' })),
);

const container = record({
  name,
  image: odd(fc.oneof(fc.constantFrom('nginx', 'nginx:1.27', 'redis', 'x@sha256:', ''), fc.string())),
  securityContext: record({
    privileged: odd(fc.boolean()),
    readOnlyRootFilesystem: odd(fc.boolean()),
    procMount: odd(fc.constantFrom('Default', 'Unmasked')),
    capabilities: record({ add: list(odd(fc.constantFrom('SYS_ADMIN', 'ALL', 'NET_ADMIN'))), drop: list(text) }),
    __proto__: record({}),
  }),
  volumeMounts: list(record({ name, mountPath: text, readOnly: odd(fc.boolean()), mountPropagation: text })),
  volumeDevices: list(record({ name, devicePath: text })),
});
const pod = record({
  metadata: record({ name, generateName: name, annotations: odd(fc.dictionary(fc.string(), odd(fc.string()))) }),
  spec: record({
    containers: list(container),
    initContainers: list(container),
    ephemeralContainers: list(container),
    volumes: list(
      record({ name, emptyDir: record({}), persistentVolumeClaim: record({ readOnly: odd(fc.boolean()) }) }),
    ),
    os: record({ name: odd(fc.constantFrom('linux', 'windows')) }),
    serviceAccountName: name,
  }),
});

test('any review with a uid is answered under that uid', async () => {
  const request = fc.record(
    {
      object: pod,
      oldObject: pod,
      operation: odd(fc.constantFrom('CREATE', 'UPDATE', 'DELETE', 'CONNECT')),
      subResource: odd(fc.constantFrom('', 'ephemeralcontainers')),
      namespace: odd(fc.constantFrom('web', 'kube-system', '')),
      name,
      dryRun: odd(fc.boolean()),
      uid: fc.uuid(),
    },
    { requiredKeys: ['uid', 'object'] },
  );
  let allowed = 0;
  await fc.assert(
    fc.asyncProperty(path, request, async (to, fields) => {
      const answer = await review(webhook, reviewOf(fields.object, fields), to, agent);
      expect(answer.status).toBe(200);
      const { response } = answer.json;
      expect(response.uid).toBe(fields.uid);
      expect(response.patch === undefined).toBe(response.patchType === undefined);
      if (response.allowed) allowed++;
      else expect(response.status.message).toMatch(/request\.|pod/);
      for (const line of response.warnings ?? []) {
        expect([...line].length).toBeLessThanOrEqual(120);
        expect(line).not.toMatch(/\p{Cc}/u);
      }
    }),
    { numRuns },
  );
  expect(allowed).toBeGreaterThan(numRuns / 20);
});
