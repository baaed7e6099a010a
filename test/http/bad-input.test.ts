import jsonPatch from 'fast-json-patch';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { call, patchOf, review } from './support/client.ts';
import { nginxPod, reviewOf } from './support/reviews.ts';
import { startWebhook, type Webhook } from './support/webhook.ts';

let webhook: Webhook;
beforeAll(async () => {
  webhook = await startWebhook();
});
afterAll(() => webhook.close());

afterEach(async () => {
  const answer = await review(webhook, reviewOf(nginxPod));
  expect(answer.json.response, 'the next review is answered').toMatchObject({ allowed: true, patchType: 'JSONPatch' });
});

describe('what is no review gets a 400 that says where and why', () => {
  const good = JSON.stringify(reviewOf(nginxPod));
  test.each([
    ['nothing', '', 'the body is empty'],
    ['truncated JSON', good.slice(0, 8), 'it ends too early, at position 8'],
    ['JSON truncated in a string', good.slice(0, 100), 'Unterminated string at position 100'],
    ['a truncated string', '{"kind": "Admis', 'Unterminated string at position 15'],
    ['a bare word', '{"kind": AdmissionReview}', 'unexpected token at position 9'],
    ['a missing value', '{"a": [1, 2, ]}', 'unexpected token at position 13'],
    ['two values', '{} {}', 'Unexpected non-whitespace character after JSON at position 3'],
    ['null', 'null', 'the body must be an AdmissionReview, not null'],
    ['an array', '[]', 'the body must be an AdmissionReview, not an array'],
    ['a string', '"x"', 'the body must be an AdmissionReview, not a string'],
    ['an object of no kind', '{}', 'kind: must be "AdmissionReview", not missing'],
    ['a pod', JSON.stringify(nginxPod), 'kind: must be "AdmissionReview", not "Pod"'],
    [
      'v1beta1',
      { ...reviewOf(nginxPod), apiVersion: 'admission.k8s.io/v1beta1' },
      'apiVersion: must be "admission.k8s.io/v1", not "admission.k8s.io/v1beta1"; set admissionReviewVersions: [v1]',
    ],
    ['no request', { ...reviewOf(nginxPod), request: null }, 'request: must be an object, not null'],
    ['an array as request', { ...reviewOf(nginxPod), request: [] }, 'request: must be an object, not an array'],
    ['no uid', reviewOf(nginxPod, { uid: undefined }), 'request.uid: must be a string, not missing'],
    ['a number as uid', reviewOf(nginxPod, { uid: 5 }), 'request.uid: must be a string, not a number'],
    ['an object as uid', reviewOf(nginxPod, { uid: {} }), 'request.uid: must be a string, not an object'],
    ['an array as uid', reviewOf(nginxPod, { uid: ['a'] }), 'request.uid: must be a string, not an array'],
    ['null as uid', reviewOf(nginxPod, { uid: null }), 'request.uid: must be a string, not null'],
    ['an empty uid', reviewOf(nginxPod, { uid: '' }), 'request.uid: must not be empty'],
    ['an endless uid', reviewOf(nginxPod, { uid: 'x'.repeat(129) }), 'request.uid: must have at most 128 characters'],
  ])('%s', async (_name, body, message) => {
    const answer = await review(webhook, body);
    expect(answer.status).toBe(400);
    expect(answer.json).toMatchObject({ kind: 'Status', status: 'Failure', reason: 'BadRequest', code: 400 });
    expect(answer.json.message).toContain(message);
  });

  test('bytes that are not UTF-8', async () => {
    const body = Buffer.concat([Buffer.from('{"kind": "'), Buffer.from([0xff, 0xfe, 0xc3]), Buffer.from('"}')]);
    const answer = await call(webhook, { body });
    expect(answer.status).toBe(400);
    expect(answer.json.message).toContain('the body is not UTF-8');
  });

  test('a secret in a broken body is quoted neither in the answer nor in the log', async () => {
    const answer = await review(webhook, '{"value": hunter2-broken, "more": "hunter2-broken"}');
    expect(answer.status).toBe(400);
    expect(answer.text).not.toContain('hunter2');
    expect(await webhook.logText()).not.toContain('hunter2-broken');
  });
});

describe('a review that cannot be read is refused under its uid', () => {
  test.each([
    ['a null pod', reviewOf(null), 'request.object: expected object, received null'],
    ['no pod', reviewOf(undefined), 'request.object: expected object, received undefined'],
    ['an array as pod', reviewOf([]), 'request.object: expected object, received array'],
    ['a pod without spec', reviewOf({}), 'request.object.spec: expected object, received undefined'],
    ['an array as spec', reviewOf({ spec: [] }), 'request.object.spec: expected object, received array'],
    [
      'an array as metadata',
      reviewOf({ metadata: [], spec: {} }),
      'request.object.metadata: expected object, received array',
    ],
    [
      'an object as containers',
      reviewOf({ spec: { containers: {} } }),
      'request.object.spec.containers: expected array, received object',
    ],
    [
      'a null container',
      reviewOf({ spec: { containers: [null] } }),
      'request.object.spec.containers[0]: expected object, received null',
    ],
    [
      'an array as container',
      reviewOf({ spec: { containers: [[]] } }),
      'request.object.spec.containers[0]: expected object, received array',
    ],
    [
      'an array as securityContext',
      reviewOf({ spec: { initContainers: [{ name: 'a', securityContext: [] }] } }),
      'request.object.spec.initContainers[0].securityContext: expected object, received array',
    ],
    [
      'a string as privileged',
      reviewOf({ spec: { containers: [{ name: 'a', securityContext: { privileged: 'yes' } }] } }),
      'request.object.spec.containers[0].securityContext.privileged: expected boolean, received string',
    ],
    [
      'a number as annotation',
      reviewOf({ metadata: { annotations: { 'a/b': 1 } }, spec: {} }),
      'request.object.metadata.annotations["a/b"]: expected string, received number',
    ],
    [
      'a number as operation',
      reviewOf(nginxPod, { operation: 1 }),
      'request.operation: expected string, received number',
    ],
    ['no resource', reviewOf(nginxPod, { resource: null }), 'request.resource: expected object, received null'],
    [
      'no old pod on the subresource',
      reviewOf(nginxPod, { operation: 'UPDATE', subResource: 'ephemeralcontainers' }),
      'request.oldObject: expected object, received null',
    ],
  ])('%s', async (_name, body, message) => {
    const answer = await review(webhook, body);
    expect(answer.status).toBe(200);
    const { response } = answer.json;
    expect(response).toMatchObject({
      uid: '705ab4f5-6393-11e8-b7cc-42010a800002',
      allowed: false,
      status: { code: 400, reason: 'BadRequest' },
    });
    expect(response.status.message).toContain(message);
    expect(response.patch).toBeUndefined();
  });

  test('of many problems the first few are named', async () => {
    const answer = await review(webhook, reviewOf({ spec: { containers: Array(10_000).fill(null) } }));
    const { message } = answer.json.response.status;
    expect(message).toContain('request.object.spec.containers[0]');
    expect(message).toContain('and 9997 more');
    expect(message.length).toBeLessThan(1000);
  });
});

describe('keys that JavaScript gives a meaning', () => {
  const text = JSON.stringify(reviewOf(nginxPod))
    .replace(
      '"metadata":{',
      '"metadata":{"labels":{"__proto__":"kept","constructor":"kept"},"__proto__":{"polluted":true},',
    )
    .replace(
      '"securityContext":{',
      '"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}},"securityContext":{"__proto__":{"polluted":true},',
    );

  test('change no prototype and stay in the pod', async () => {
    const answer = await review(webhook, text);
    expect(answer.json.response.allowed).toBe(true);
    const patch = patchOf(answer);
    expect(patch.length).toBeGreaterThan(0);
    expect(JSON.stringify(patch)).not.toContain('__proto__');
    expect({}).not.toHaveProperty('polluted');
    const after = jsonPatch.applyPatch(JSON.parse(text).request.object, patch, true, true, false).newDocument;
    const written = JSON.stringify(after);
    expect(written).toContain('"labels":{"__proto__":"kept","constructor":"kept"}');
    expect(written.match(/"__proto__":\{"polluted":true\}/g)).toHaveLength(3);
    expect(written).toContain('"readOnlyRootFilesystem":true');
  });

  test('as names of a container they are only names', async () => {
    const pod =
      '{"spec":{"containers":[{"name":"__proto__","image":"nginx"},{"name":"constructor","image":"__proto__"}]}}';
    const answer = await review(webhook, JSON.stringify(reviewOf('POD')).replace('"POD"', pod));
    expect(answer.json.response.allowed).toBe(true);
    expect(answer.json.response.auditAnnotations.profiles).toBe('__proto__=nginx,constructor=-');
  });
});

describe('requests that are not even read', () => {
  test('50 MB are answered with 413, declared or not, and the connection is closed', async () => {
    const body = Buffer.alloc(50_000_000, 0x20);
    for (const headers of [{}, { 'transfer-encoding': 'chunked' }]) {
      const answer = await call(webhook, { body, headers });
      expect(answer.status).toBe(413);
      expect(answer.headers.connection).toBe('close');
      expect(answer.json.message).toContain('larger than 7340032 bytes');
    }
  });

  test('a review of 6 MB is answered', async () => {
    const pod = { ...nginxPod, metadata: { name: 'big', annotations: { big: 'x'.repeat(6_000_000) } } };
    const answer = await review(webhook, reviewOf(pod));
    expect(answer.json.response.allowed).toBe(true);
  });

  test.each([undefined, 'text/plain', 'application/yaml', 'application/jsonx', 'multipart/form-data; boundary=x'])(
    'content type %s gets 415',
    async (type) => {
      const answer = await call(webhook, {
        headers: { 'content-type': type ?? '' },
        body: JSON.stringify(reviewOf(nginxPod)),
      });
      expect(answer.status).toBe(415);
      expect(answer.json.message).toContain('must be application/json');
    },
  );

  test.each(['application/json', 'application/json; charset=utf-8', 'Application/JSON;charset=UTF-8'])(
    'content type %s is JSON',
    async (type) => {
      const answer = await call(webhook, {
        headers: { 'content-type': type },
        body: JSON.stringify(reviewOf(nginxPod)),
      });
      expect(answer.status).toBe(200);
    },
  );

  test('another path gets 404, another method 405 with Allow', async () => {
    for (const path of ['/', '/mutate', '/mutate/strict', '/metrics', '/mutate/enforce/x']) {
      const answer = await call(webhook, { path, body: '{}' });
      expect(answer.status).toBe(404);
      expect(answer.json.message).toContain('/mutate/enforce');
    }
    const answer = await call(webhook, { method: 'GET' });
    expect(answer.status).toBe(405);
    expect(answer.headers.allow).toBe('POST');
    expect((await call(webhook, { method: 'POST', path: '/healthz', body: '{}' })).status).toBe(405);
  });

  test('a path that cannot be decoded gets a 4xx', async () => {
    const answer = await call(webhook, { path: '/mutate/%zz', body: '{}' });
    expect([400, 404]).toContain(answer.status);
  });
});
