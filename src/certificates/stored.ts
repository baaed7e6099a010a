/** What the Secret holds, and its way from and to the Secret's data. */
import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { type Authority, formatBundle, parseBundle } from './authority.ts';
import { type Leaf, parseLeaf } from './leaf.ts';
import { secretKeys } from './secret-keys.ts';

/** A CA that can sign. */
export interface Signer extends Authority {
  /** PEM. */
  key: string;
}

/** A CA that signs no more, but has signed what may still be served. */
export interface Retired {
  authority: Authority;
  /** When nothing that it signed is served any more. */
  until: number;
}

export interface Stored {
  /** Signs serving certificates. Without a key when only its certificate could be read. */
  signer?: Authority | Signer;
  /** Signs them as soon as API servers trust it. */
  next?: Signer;
  /** What every replica serves as soon as it may. */
  leaf?: Leaf;
  retired: readonly Retired[];
}

/** Data of a Secret, as the API server sends it: base64. */
export type SecretData = Record<string, string>;

export function canSign(authority: Authority | Signer | undefined): authority is Signer {
  return authority !== undefined && 'key' in authority;
}

/**
 * Reads what is of use. What is not counts as missing, and `problems` says why; never with a part of a key.
 *
 * @param hosts that the serving certificate should be valid for
 * @param now milliseconds since 1970
 */
export function parseStored(
  data: SecretData,
  hosts: readonly string[],
  now: number,
): { stored: Stored; problems: string[] } {
  const problems: string[] = [];
  const text = (name: string) => Buffer.from(data[name] ?? '', 'base64').toString('utf8');

  const bundle = parseBundle(text(secretKeys.authorities));
  if (bundle.hasGarbage) problems.push(`${secretKeys.authorities} holds something that is no certificate`);
  const valid = bundle.authorities.filter((authority) => {
    if (authority.until <= now && !text(secretKeys.retired).includes(authority.id)) {
      problems.push(
        `${secretKeys.authorities}: ${authority.subject} expired at ${new Date(authority.until).toISOString()}`,
      );
    }
    return authority.until > now;
  });

  const findSigner = (name: string): Signer | undefined => {
    const pem = text(name);
    if (pem === '') return undefined;
    const key = readKey(pem);
    if (!key) problems.push(`${name} is no private key`);
    const authority = key && valid.find((candidate) => isPair(candidate, key));
    if (key && !authority) problems.push(`${name} is the key of no valid certificate in ${secretKeys.authorities}`);
    return authority && { ...authority, key: pem };
  };
  const next = findSigner(secretKeys.nextKey);
  const ableSigner = findSigner(secretKeys.signerKey);

  const leaf = parseLeaf(text(secretKeys.cert), text(secretKeys.key), ableSigner ? [ableSigner] : valid, hosts, now);
  if (typeof leaf === 'string') problems.push(leaf);
  const found = typeof leaf === 'object' ? leaf : undefined;
  const signer = ableSigner ?? valid.find(({ id }) => id === found?.issuer);
  if (signer && !ableSigner && text(secretKeys.signerKey) === '') problems.push(`${secretKeys.signerKey} is missing`);
  if (!signer && !next) problems.push('no CA in it can be used');

  const times = readTimes(text(secretKeys.retired));
  if (!times) problems.push(`${secretKeys.retired} is not JSON of times by fingerprint`);
  const retired = bundle.authorities.flatMap((authority): Retired[] => {
    const until = times?.get(authority.id);
    const isRetired = until !== undefined && authority.id !== signer?.id && authority.id !== next?.id;
    return isRetired ? [{ authority, until }] : [];
  });
  return {
    stored: { ...(signer && { signer }), ...(next && { next }), ...(found && { leaf: found }), retired },
    problems,
  };
}

/** @returns the Secret's data; `undefined` for a key that must go */
export function formatStored({ signer, next, leaf, retired }: Stored): Record<string, string | undefined> {
  const times = Object.fromEntries(
    retired.map(({ authority, until }) => [authority.id, new Date(until).toISOString()]),
  );
  const authorities = [signer, next, ...retired.map(({ authority }) => authority)].filter((one) => one !== undefined);
  return {
    // the type kubernetes.io/tls demands these two, but not that anything is in them
    [secretKeys.cert]: encode(leaf?.cert ?? ''),
    [secretKeys.key]: encode(leaf?.key ?? ''),
    [secretKeys.authorities]: encode(formatBundle(authorities)),
    [secretKeys.signerKey]: canSign(signer) ? encode(signer.key) : undefined,
    [secretKeys.nextKey]: next && encode(next.key),
    [secretKeys.retired]: retired.length > 0 ? encode(JSON.stringify(times)) : undefined,
  };
}

function readKey(pem: string): KeyObject | undefined {
  try {
    return createPrivateKey(pem);
  } catch {
    return undefined;
  }
}

function isPair({ pem }: Authority, key: KeyObject): boolean {
  return new X509Certificate(pem).checkPrivateKey(key);
}

function readTimes(json: string): Map<string, number> | undefined {
  try {
    const value: unknown = json === '' ? {} : JSON.parse(json);
    if (typeof value !== 'object' || value === null) return undefined;
    const entries = Object.entries(value).map(([id, time]): [string, number] => [id, Date.parse(String(time))]);
    return new Map(entries.filter(([, time]) => Number.isFinite(time)));
  } catch {
    return undefined;
  }
}

function encode(text: string): string {
  return Buffer.from(text).toString('base64');
}
