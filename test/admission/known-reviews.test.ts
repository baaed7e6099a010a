/** What is remembered of a review is what would be decided afresh on the one that is like it. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type AdmitSettings, admit } from '../../src/admission/admit.ts';
import { createKnownReviews, type Decided, type KnownReviews } from '../../src/admission/known-reviews.ts';
import { type Mode, modes } from '../../src/admission/mode.ts';
import { encodeDecision } from '../../src/admission/respond.ts';
import { parseReview, subjectOf } from '../../src/admission/review.ts';
import type { Pod } from '../../src/harden/pod.ts';
import { defaultPolicy } from '../../src/policy/policy.ts';
import { builtInFolder, loadProfiles } from '../../src/profiles/load.ts';
import { createProfileTable } from '../../src/profiles/table.ts';
import { pods } from '../harden/generate-pod.ts';

const table = createProfileTable([
  { origin: 'built-in', profiles: loadProfiles(builtInFolder).profiles.map(({ profile }) => profile) },
]);
const today = '2026-11-24';

function newSettings(): AdmitSettings {
  return { profiles: table, policy: defaultPolicy, version: '0.0.0', ownNamespace: 'permafrost-system' };
}

/** Who a pod is. */
interface Identity {
  uid: string;
  name: string;
  token: string;
  owner: string;
  label: string;
  node: string;
  time: string;
}

/** All of one length, as reviews of other lengths are never alike. */
const word = fc.string({ unit: fc.constantFrom(...'abcxyz019-.'), minLength: 8, maxLength: 8 });
const identities: fc.Arbitrary<Identity> = fc.record({
  uid: fc.uuid(),
  name: word,
  token: fc.string({ unit: fc.constantFrom(...'bcdfghz2456789'), minLength: 5, maxLength: 5 }),
  owner: word,
  label: word,
  node: word,
  time: fc
    .date({ min: new Date(0), max: new Date('2100-01-01'), noInvalidDate: true })
    .map((date) => date.toISOString()),
});

function oneOf(token: string): Identity {
  return { uid: 'u', name: 'n', token, owner: 'o', label: 'l', node: 'm', time: 't' };
}

/** A review of a pod that a controller makes, as ServiceAccount admission hands it on. */
function reviewOf(pod: Pod, { uid, name, token, owner, label, node, time }: Identity, isNamed: boolean): string {
  const volume = `kube-api-access-${token}`;
  const mount = { name: volume, readOnly: true, mountPath: '/var/run/secrets/kubernetes.io/serviceaccount' };
  const withToken = (containers: Pod['spec']['containers']) =>
    containers?.map((container) => ({ ...container, volumeMounts: [...(container.volumeMounts ?? []), mount] }));
  const { spec } = pod;
  const object = {
    ...pod,
    metadata: {
      ...pod.metadata,
      ...(isNamed ? { name } : { generateName: `${name}-` }),
      labels: { app: label },
      ownerReferences: [{ kind: 'ReplicaSet', name: owner, uid }],
      managedFields: [{ manager: 'kube-controller-manager', time, fieldsV1: { 'f:spec': {} } }],
    },
    spec: {
      ...spec,
      affinity: { nodeAffinity: { values: [node] } },
      hostname: name,
      volumes: [
        ...(spec.volumes ?? []),
        { name: volume, projected: { sources: [] } },
        { name: 'claim-of-its-own', persistentVolumeClaim: { claimName: `data-${node}` } },
      ],
      ...(spec.initContainers && { initContainers: withToken(spec.initContainers) }),
      ...(spec.containers && { containers: withToken(spec.containers) }),
    },
  };
  return JSON.stringify({
    kind: 'AdmissionReview',
    apiVersion: 'admission.k8s.io/v1',
    request: {
      uid,
      resource: { group: '', version: 'v1', resource: 'pods' },
      name: isNamed ? name : '',
      namespace: 'shop',
      operation: 'CREATE',
      object,
    },
  });
}

/** Decides on a review that nobody remembers; undefined when it is none. */
function decideAfresh(body: string, mode: Mode, settings: AdmitSettings): Decided | undefined {
  const parsed = parseReview(JSON.parse(body));
  if (!('review' in parsed)) return undefined;
  const outcome = admit(parsed.review, mode, settings, today);
  return { subject: subjectOf(parsed.review), outcome, decision: encodeDecision(mode, outcome) };
}

/** What the server does with each review. */
function offer(known: KnownReviews, body: Buffer, mode: Mode, settings: AdmitSettings): Decided | undefined {
  const found = known.find(body, mode, today);
  const decided = found ? undefined : decideAfresh(body.toString(), mode, settings);
  if (decided) known.add(body, mode, decided);
  return found;
}

function remember(body: string, mode: Mode, settings = newSettings()) {
  const known = createKnownReviews(settings);
  offer(known, Buffer.from(body), mode, settings);
  return known;
}

describe('a review that is like another one', () => {
  test('is found, and the decision is the one that would be made afresh', () => {
    let found = 0;
    let runs = 0;
    fc.assert(
      fc.property(
        pods,
        identities,
        identities,
        fc.constantFrom(...modes),
        fc.boolean(),
        (pod, one, other, mode, isNamed) => {
          const [first, second] = [reviewOf(pod, one, isNamed), reviewOf(pod, other, isNamed)];
          const known = remember(first, mode).find(Buffer.from(second), mode, today);
          runs++;
          if (!known) return;
          found++;
          expect(known).toEqual(decideAfresh(second, mode, newSettings()));
        },
      ),
      { numRuns: 3000 },
    );
    expect(found / runs).toBeGreaterThan(0.8);
  });

  test.each([
    ['no uid', ''],
    ['a uid that is too long', 'u'.repeat(129)],
  ])('is not found with %s: it has no answer', (_, uid) => {
    const pod: Pod = { spec: { containers: [{ name: 'web', image: 'nginx' }] } };
    // as the length of a review says which ones it may be like, the label makes up for the uids, of which there are two
    const [first, second] = ['u'.repeat(100), uid].map((each) =>
      reviewOf(pod, { ...oneOf('aaaaa'), uid: each, label: 'l'.repeat(300 - 2 * each.length) }, true),
    );
    if (!first || !second) throw new Error('two reviews are needed');
    expect(second).toHaveLength(first.length);
    expect(remember(first, 'enforce').find(Buffer.from(second), 'enforce', today)).toBeUndefined();
  });

  test('is not found when the patch itself names the volume with the token', () => {
    const pod: Pod = {
      spec: {
        initContainers: [{ name: 'first', image: 'busybox' }],
        containers: [{ name: 'web', image: 'jetty' }],
      },
    };
    const [first, second] = [reviewOf(pod, oneOf('aaaaa'), true), reviewOf(pod, oneOf('bbbbb'), true)];
    const decided = decideAfresh(first, 'enforce', newSettings());
    expect(Buffer.from(JSON.parse(`{${decided?.decision}`).patch, 'base64').toString()).toContain(
      'kube-api-access-aaaaa',
    );
    expect(remember(first, 'enforce').find(Buffer.from(second), 'enforce', today)).toBeUndefined();
  });

  test('is never found with another decision, whatever is changed in it', () => {
    let found = 0;
    fc.assert(
      fc.property(
        pods,
        identities,
        fc.constantFrom(...modes),
        fc.nat(),
        fc.nat(),
        (pod, identity, mode, where, what) => {
          const body = reviewOf(pod, identity, true);
          const changed = changeByte(body, where, what);
          const known = remember(body, mode).find(Buffer.from(changed), mode, today);
          if (!known) return;
          found++;
          expect(known).toEqual(decideAfresh(changed, mode, newSettings()));
        },
      ),
      { numRuns: 5000 },
    );
    expect(found).toBeGreaterThan(100);
  });
});

function changeByte(body: string, where: number, what: number): string {
  const bytes = Buffer.from(body);
  bytes[where % bytes.length] = 0x20 + (what % 0x5f);
  return bytes.toString();
}

describe('what is remembered', () => {
  const pod = (image: string): Pod => ({ spec: { containers: [{ name: 'web', image }] } });
  const [first, second] = ['aaaaa', 'bbbbb'].map((token) => Buffer.from(reviewOf(pod('nginx'), oneOf(token), true)));
  if (!first || !second) throw new Error('two reviews are needed');

  test.each<[string, (settings: AdmitSettings) => void]>([
    ['the policy', (settings) => Object.assign(settings, { policy: { ...defaultPolicy } })],
    ['the table', (settings) => Object.assign(settings, { profiles: createProfileTable([]) })],
  ])('is forgotten with %s', (_, replace) => {
    const settings = newSettings();
    const known = remember(first.toString(), 'enforce', settings);
    expect(known.find(second, 'enforce', today)).toBeDefined();
    replace(settings);
    expect(known.find(second, 'enforce', today)).toBeUndefined();
  });

  test('is forgotten at midnight, when exemptions end', () => {
    const known = remember(first.toString(), 'enforce');
    expect(known.find(second, 'enforce', today)).toBeDefined();
    expect(known.find(second, 'enforce', '2026-11-25')).toBeUndefined();
  });

  test('a decision made under a policy that was replaced meanwhile is not remembered for the next one', () => {
    const settings = newSettings();
    const known = createKnownReviews(settings);
    const decided = decideAfresh(first.toString(), 'enforce', settings);
    if (!decided) throw new Error('no decision');
    expect(known.find(first, 'enforce', today)).toBeUndefined();
    settings.policy = { ...defaultPolicy };
    known.add(first, 'enforce', decided);
    expect(known.find(second, 'enforce', today)).toBeUndefined();
  });

  test('holds for one mode', () => {
    const known = remember(first.toString(), 'enforce');
    expect(known.find(second, 'warn', today)).toBeUndefined();
    expect(known.find(second, 'enforce', today)).toBeDefined();
  });

  /** Adds reviews of which none is like another one. */
  function addStrangers(known: KnownReviews, count: number, kilobytes: number, areAlikeLong = false): void {
    const settings = newSettings();
    for (let number = 0; number < count; number++) {
      const length = kilobytes * 1024 + (areAlikeLong ? 0 : number);
      const image = `image-${String(number).padStart(8, '0')}${'x'.repeat(length)}`;
      offer(known, Buffer.from(reviewOf(pod(image), oneOf('aaaaa'), true)), 'audit', settings);
    }
  }

  test('takes a megabyte at most', () => {
    const known = remember(first.toString(), 'enforce');
    addStrangers(known, 40, 10);
    expect(known.find(second, 'enforce', today)).toBeDefined();
    addStrangers(known, 20, 40);
    expect(known.find(second, 'enforce', today)).toBeUndefined();
  });

  test('is not forgotten for those of another length, of which only two are remembered', () => {
    const known = remember(first.toString(), 'enforce');
    addStrangers(known, 60, 40, true);
    expect(known.find(second, 'enforce', today)).toBeDefined();
  });

  test('after many that never came back, ten a second are still remembered, until one is found again', () => {
    let time = 0;
    const settings = newSettings();
    const known = createKnownReviews(settings, () => time);
    addStrangers(known, 200, 1);
    const offerAt = (milliseconds: number, body: Buffer) => {
      time = milliseconds;
      return offer(known, body, 'enforce', settings);
    };
    expect(offerAt(50, first)).toBeUndefined();
    expect(offerAt(99, second)).toBeUndefined(); // as the first one was not remembered
    expect(offerAt(100, first)).toBeUndefined();
    expect(offerAt(101, second)).toBeDefined(); // which pays for two more
    const others = ['b', 'c', 'd'].map((image) => Buffer.from(reviewOf(pod(image), oneOf('aaaaa'), true)));
    for (const other of others) expect(offerAt(102, other)).toBeUndefined();
    expect(others.map((other) => known.find(other, 'enforce', today) !== undefined)).toEqual([true, true, false]);
  });
});
