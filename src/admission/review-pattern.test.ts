import { describe, expect, test } from 'vitest';
import { createPattern, matchPattern } from './review-pattern.ts';

const token = (name: string, claimName = 'data-web-0') => ({
  volumes: [
    { name, projected: {} },
    { name: 'data', persistentVolumeClaim: { claimName } },
  ],
  containers: [
    { name: 'web', image: 'nginx', volumeMounts: [{ name, mountPath: '/var/run/secrets' }] },
    {
      name: 'log',
      image: 'busybox',
      volumeMounts: [
        { name: 'data', mountPath: '/data' },
        { name, mountPath: '/s' },
      ],
    },
  ],
});

/** As a DaemonSet and a StatefulSet have it. */
function scheduled(node: string, hostname: string) {
  const matchFields = [{ key: 'metadata.name', operator: 'In', values: [node] }];
  const nodeSelectorTerms = [{ matchFields }];
  return {
    affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms } } },
    hostname,
    nodeName: node,
  };
}

const metadata = {
  name: 'web-7d4b9-x2x7p',
  generateName: 'web-7d4b9-',
  labels: { app: 'web' },
  annotations: { note: 'a' },
  ownerReferences: [{ kind: 'ReplicaSet', name: 'web-7d4b9', uid: 'o-1' }],
};

interface Fields {
  uid?: string;
  name?: string;
  namespace?: string;
  metadata?: object;
  spec?: object;
}

function bodyOf({ uid = 'u-1', name = '', namespace = 'shop', ...object }: Fields = {}): Buffer {
  const pod = {
    metadata: { ...metadata, ...object.metadata },
    spec: { ...token('kube-api-access-abcde'), ...scheduled('node-1', 'web-1'), ...object.spec },
  };
  return Buffer.from(JSON.stringify({ kind: 'AdmissionReview', request: { uid, name, namespace, object: pod } }));
}

/** What a pattern of one review tells of another one. */
function match(sample: Buffer, body: Buffer) {
  const pattern = createPattern(sample);
  return pattern && matchPattern(pattern, body);
}

describe('the same but for whose it is', () => {
  test.each<[string, Fields]>([
    ['itself', {}],
    ['another uid, of another length', { uid: '9b1c8c1e-1111-2222-3333-444455556666' }],
    ['another name', { metadata: { name: 'web-7d4b9-00000' } }],
    ['a name in the request', { name: 'web-0' }],
    [
      'other labels and owners',
      { metadata: { labels: { app: 'other' }, ownerReferences: [{ kind: 'Job', name: 'j', uid: 'o-2' }] } },
    ],
    ['another name of the token volume', { spec: token('kube-api-access-zzzzz') }],
    ['another node and host name', { spec: scheduled('node-2', 'web-2') }],
    ['another claim', { spec: token('kube-api-access-abcde', 'data-web-1') }],
    ['another name of the token volume, of another length', { spec: token('kube-api-access-zz') }],
  ])('%s', (_, fields) => {
    const { uid = 'u-1', name = '' } = fields;
    const object = { ...metadata, ...fields.metadata };
    expect(match(bodyOf(), bodyOf(fields))).toEqual({
      uid,
      requestName: name,
      name: object.name,
      generateName: object.generateName,
    });
  });

  test('empty where there is none', () => {
    const none = bodyOf({ metadata: { name: undefined, generateName: undefined } });
    expect(match(none, none)).toEqual({ uid: 'u-1', requestName: '', name: '', generateName: '' });
  });
});

describe('not the same', () => {
  test.each<[string, Fields]>([
    ['another namespace', { namespace: 'shop2' }],
    ['another annotation', { metadata: { annotations: { note: 'b' } } }],
    ['one more label', { metadata: { labels: { app: 'web', tier: 'front' } } }],
    ['another key of a label', { metadata: { labels: { apq: 'web' } } }],
    ['no name', { metadata: { name: undefined } }],
    ['null for a name', { metadata: { name: null } }],
    ['an escape in a name', { metadata: { name: 'a"b' } }],
    ['a name that is no ASCII', { metadata: { name: 'ä' } }],
    ['another image', { spec: { containers: [{ name: 'web', image: 'nginy' }] } }],
    ['one more field', { spec: { hostNetwork: true } }],
    ['another volume', { spec: token('kube-api-acces_-abcde') }],
    ['a mount of the token that is none', { spec: { containers: token('kube-api-access-zzzzz').containers } }],
  ])('%s', (_, fields) => {
    expect(match(bodyOf(), bodyOf(fields))).toBeUndefined();
  });

  test('less or more text', () => {
    const body = bodyOf();
    expect(match(body, body.subarray(0, -1))).toBeUndefined();
    expect(match(body, Buffer.concat([body, Buffer.from(' ')]))).toBeUndefined();
  });
});

describe('makes no pattern of what no API server writes', () => {
  const twice = '"metadata":{"name":"a"},"metadata":{"name":"b"}';
  test.each([
    ['a uid that stands twice', '{"request":{"uid":"a","uid":"b"}}'],
    ['a name that stands twice', `{"request":{"uid":"a","object":{${twice},"spec":{}}}}`],
    ['a key with an escape', '{"request":{"uid":"a","u\\u0069d":"b"}}'],
    ['an escape in the uid', '{"request":{"uid":"a\\u0062"}}'],
    [
      'two volumes with tokens',
      '{"request":{"uid":"a","object":{"spec":{"volumes":[{"name":"kube-api-access-a"},{"name":"kube-api-access-b"}]}}}}',
    ],
  ])('%s', (_, json) => {
    expect(createPattern(Buffer.from(json))).toBeUndefined();
  });

  test('a pattern keeps a copy of the text', () => {
    const body = bodyOf();
    const pattern = createPattern(body);
    const again = Buffer.from(body);
    body.fill(0);
    expect(pattern && matchPattern(pattern, again)).toMatchObject({ uid: 'u-1' });
  });
});
