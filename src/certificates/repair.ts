/** Whether the webhooks trust what they should, by what the Secret holds. */
import type { Authority } from './authority.ts';
import type { CertificateSettings } from './settings.ts';
import type { Step } from './step.ts';
import type { Stored } from './stored.ts';
import { type Hook, trusts } from './trust.ts';

/** Whoever puts certificates into the webhooks again and again must not make the Secret grow without end. */
export const mostRetired = 16;

/** What the webhooks trust and the Secret does not know: the Secret was deleted, or somebody else wrote there. */
export function findUnknown({ signer, next, retired }: Stored, hooks: readonly Hook[], now: number): Authority[] {
  const known = new Set([signer?.id, next?.id, ...retired.map(({ authority }) => authority.id)]);
  const unknown = new Map<string, Authority>();
  for (const authority of hooks.flatMap(({ bundle }) => bundle.authorities)) {
    if (!known.has(authority.id) && authority.until > now) unknown.set(authority.id, authority);
  }
  return [...unknown.values()].slice(0, mostRetired);
}

/**
 * @param unknown as `findUnknown` finds them: they stay
 * @returns what the webhooks should be given; undefined when they are well
 */
export function findRepair(
  { signer, next, retired }: Stored,
  hooks: readonly Hook[],
  unknown: Authority[],
  now: number,
  { certificateLifetime }: CertificateSettings,
): Step | undefined {
  const current = [signer, next].filter((authority) => authority !== undefined);
  const lasting = retired.filter(({ until }) => until > now);
  // another replica whose clock is ahead takes it out; putting it in again would be a quarrel
  const slack = Math.min(5 * 60_000, certificateLifetime / 10);
  const required = [
    ...current,
    ...lasting.filter(({ until }) => until > now + slack).map(({ authority }) => authority),
  ];
  const authorities = [...current, ...lasting.map(({ authority }) => authority), ...unknown];
  if (authorities.length === 0) return undefined;
  const allowed = new Set(authorities.map(({ id }) => id));
  for (const hook of hooks) {
    const { bundle, name } = hook;
    if (bundle.hasGarbage) return { kind: 'trust', why: `the caBundle of ${name} holds garbage`, authorities };
    if (required.some((authority) => !trusts(hook, authority)))
      return { kind: 'trust', why: `the caBundle of ${name} lacks a CA`, authorities };
    if (bundle.authorities.some(({ id }) => !allowed.has(id)))
      return { kind: 'trust', why: `the caBundle of ${name} holds a CA that is not needed any more`, authorities };
  }
  return undefined;
}
