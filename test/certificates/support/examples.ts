/** CAs and certificates of which only the names and times matter. */
import type { Authority } from '../../../src/certificates/authority.ts';
import type { Leaf } from '../../../src/certificates/leaf.ts';
import { backdate, day } from '../../../src/certificates/settings.ts';
import type { Situation } from '../../../src/certificates/step.ts';
import type { Signer } from '../../../src/certificates/stored.ts';
import type { Hook } from '../../../src/certificates/trust.ts';

export const now = 1_800_000_000_000;
export const settings = {
  hosts: [],
  authorityLifetime: 300 * day,
  certificateLifetime: 90 * day,
  renewAt: 2 / 3,
  trustDelay: 60_000,
};

/** A CA that was made so many days ago. */
export const authority = (id: string, age = 1, isOwn = true): Authority => {
  const made = now - age * day;
  return { id, pem: id, from: made - backdate, until: made + 300 * day, isOwn, subject: id };
};
export const signer = (id: string, age?: number): Signer => ({ ...authority(id, age), key: `key of ${id}` });
export const leaf = (issuer: string, age = 1, missingHosts: string[] = []): Leaf => {
  const made = now - age * day;
  const id = `${issuer}-${age}`;
  return { id, cert: '', key: '', from: made - backdate, until: made + 90 * day, issuer, hosts: ['old'], missingHosts };
};
export const hook = (...authorities: Authority[]): Hook => ({
  name: 'enforce.permafrost.dev',
  index: 0,
  bundle: { authorities, hasGarbage: false },
});
export const trusting = (...authorities: Authority[]): Pick<Situation, 'hooks' | 'trust'> => ({
  hooks: [hook(...authorities)],
  trust: new Map(authorities.map(({ id }) => [id, 0])),
});
export const situation = (parts: Partial<Situation>): Situation => ({
  stored: undefined,
  ...trusting(),
  now,
  monotonicNow: 1_000_000,
  mayWriteAt: 0,
  jitter: 0,
  ...parts,
});
