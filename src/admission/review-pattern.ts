/** Tells whether a review says what another one said, byte for byte, but for what no decision looks at: whose it is. */
import { findStrings, type Places } from './find-strings.ts';

/** `token`: the volume with the service account's token, and its mounts, whose name the API server makes up. */
type Label = keyof ReviewNames | 'token' | 'other';

const names: Places<Label> = { '*': { name: 'token' } };
const containers: Places<Label> = { '*': { volumeMounts: names } };

/**
 * What no decision looks at, and what differs among the pods of a ReplicaSet, a Job, a DaemonSet (the node) or a StatefulSet (the claim). Of
 * the metadata that is all but the annotations; of the name of a volume with a token only where it stands.
 */
const unread: Places<Label> = {
  request: {
    uid: 'uid',
    name: 'requestName',
    object: {
      metadata: { annotations: undefined, name: 'name', generateName: 'generateName', '*': 'other' },
      spec: {
        affinity: 'other',
        nodeName: 'other',
        hostname: 'other',
        volumes: { '*': { name: 'token', persistentVolumeClaim: { claimName: 'other' } } },
        containers,
        initContainers: containers,
        ephemeralContainers: containers,
      },
    },
  },
};

/** https://github.com/kubernetes/kubernetes/blob/master/plugin/pkg/admission/serviceaccount/admission.go, ServiceAccountVolumeName */
const tokenVolume = 'kube-api-access-';

/** A stretch of the text that another review may have differently. */
interface Gap {
  label: Label;
  start: number;
  end: number;
}

export interface ReviewPattern {
  /** The review that it was made from. */
  sample: Buffer;
  gaps: readonly Gap[];
  /** The name of the volume with the token in the sample. */
  token: string | undefined;
}

/** What stands in the gaps; empty where there is none. */
export interface ReviewNames {
  uid: string;
  /** Of the request. */
  requestName: string;
  /** Of the object. */
  name: string;
  generateName: string;
}

/**
 * Makes a pattern of a review.
 *
 * @param body valid JSON; copied
 * @returns undefined when the text is none that an API server writes
 */
export function createPattern(body: Buffer): ReviewPattern | undefined {
  const gaps: Gap[] = [];
  let isUsual = true;
  let token: string | undefined;
  const isSure = findStrings(body, unread, (label, start, end) => {
    if (label === 'token') {
      const name = body.toString('latin1', start, end);
      if (!name.startsWith(tokenVolume)) return;
      if (token !== undefined && token !== name) isUsual = false;
      token = name;
      gaps.push({ label, start: start + tokenVolume.length, end });
      return;
    }
    if (label !== 'other' && gaps.some((gap) => gap.label === label)) isUsual = false;
    gaps.push({ label, start, end });
  });
  if (!isSure || !isUsual || gaps.some(({ start, end }) => endOfPlain(body, start) < end)) return undefined;
  return { sample: copyOf(body), gaps, token };
}

/** In memory of its own: one that `Buffer.from` makes keeps 8 KiB alive, which it shares with others. */
function copyOf(body: Buffer): Buffer {
  const copy = Buffer.allocUnsafeSlow(body.length);
  body.copy(copy);
  return copy;
}

/** @returns what stands in the gaps; undefined when anything else is different */
export function matchPattern(pattern: ReviewPattern, body: Buffer): ReviewNames | undefined {
  const places = findGaps(pattern, body);
  if (!places) return undefined;
  const names: ReviewNames = { uid: '', requestName: '', name: '', generateName: '' };
  let token: string | undefined;
  for (const [index, { label }] of pattern.gaps.entries()) {
    if (label === 'other') continue;
    const text = body.toString('latin1', places[index * 2], places[index * 2 + 1]);
    if (label === 'token') {
      if (token !== undefined && token !== text) return undefined;
      token = text;
    } else names[label] = text;
  }
  return names;
}

/** @returns start and end of each gap, one after the other */
function findGaps({ sample, gaps }: ReviewPattern, body: Buffer): number[] | undefined {
  const places: number[] = [];
  let at = 0;
  let from = 0;
  for (const { start, end } of gaps) {
    const begin = at + start - from;
    if (!isSame(sample, from, start, body, at, begin)) return undefined;
    at = endOfPlain(body, begin);
    from = end;
    places.push(begin, at);
  }
  return isSame(sample, from, sample.length, body, at, body.length) ? places : undefined;
}

function isSame(a: Buffer, aStart: number, aEnd: number, b: Buffer, bStart: number, bEnd: number): boolean {
  return bEnd <= b.length && aEnd - aStart === bEnd - bStart && a.compare(b, bStart, bEnd, aStart, aEnd) === 0;
}

/** @returns where printable ASCII that needs no escape in JSON ends: nothing is told about anything else */
function endOfPlain(bytes: Uint8Array, start: number): number {
  let at = start;
  for (let byte = bytes[at] ?? 0; byte >= 0x20 && byte < 0x7f && byte !== 0x22 && byte !== 0x5c; ) {
    byte = bytes[++at] ?? 0;
  }
  return at;
}
