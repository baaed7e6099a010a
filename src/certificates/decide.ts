/**
 * What to do next about the certificates: a function of what is in the Secret and in the webhook configuration, so that any replica
 * can go on where another one stopped.
 *
 * A new CA comes in this order: it is written into the Secret as the next one; it is written into the webhooks beside the old one; when
 * the API servers have had the time to see it, it signs a serving certificate, which every replica takes; the old one stays trusted
 * until the last certificate that it signed has expired.
 */
import type { Authority } from './authority.ts';
import { backdate, type CertificateSettings, day } from './settings.ts';
import { canSign, type Leaf, type Retired, type Stored } from './stored.ts';
import { type Hook, type Trust, trustedFor } from './trust.ts';

export interface Situation {
  /** What can be used of the Secret; undefined when there is none. */
  stored: Stored | undefined;
  /** Our webhooks; none when there is no configuration. */
  hooks: readonly Hook[];
  trust: Trust;
  /** Milliseconds since 1970. */
  now: number;
  /** Milliseconds of the clock that `trust` was observed with. */
  monotonicNow: number;
  /** When the webhooks may be written next, on the same clock: somebody else may be writing them too. */
  mayWriteAt: number;
  /** From 0 to 1, another one in each replica. */
  jitter: number;
}

export type Step =
  /** Make a CA and store it as the next one. */
  | { kind: 'make-authority'; why: string; retire: Retired[] }
  /** Store CAs that somebody trusts already, so that they go when their time is over. */
  | { kind: 'adopt'; retire: Retired[] }
  /** Write these CAs into the webhooks. */
  | { kind: 'trust'; why: string; authorities: Authority[] }
  /** Let the next CA sign a certificate, and retire the one before. */
  | { kind: 'promote'; retire: Retired[] }
  /** Make another serving certificate with the same CA, for the hosts of the settings and for these. */
  | { kind: 'renew'; why: string; alsoFor: readonly string[] }
  /** Forget retired CAs that nobody trusts any more. */
  | { kind: 'forget'; ids: string[] }
  /** Nothing, for this many milliseconds. */
  | { kind: 'wait'; milliseconds: number };

/** Whoever puts certificates into the webhooks again and again must not make the Secret grow without end. */
const mostRetired = 16;

/** Decides on the next step. Steps that mend what API servers see now come first. */
export function decide(situation: Situation, settings: CertificateSettings): Step {
  const { stored = { retired: [] }, hooks, now, monotonicNow, mayWriteAt } = situation;
  const { signer, next, leaf } = stored;
  const unknown = findUnknown(stored, hooks, now);
  const repair = situation.stored && findRepair(stored, hooks, unknown, now, settings);
  if (repair && mayWriteAt <= monotonicNow) return repair;

  const retire = unknown.map((authority) => ({ authority, until: retireAt(authority, now, settings) }));
  const due = (one: { from: number; until: number }) => dueAt(one, settings, situation.jitter);
  if (!next || due(next) <= now) {
    if (!signer) return { kind: 'make-authority', why: 'there is none', retire };
    if (!canSign(signer)) return { kind: 'make-authority', why: 'the key of the last one is lost', retire };
    if (due(signer) <= now) return { kind: 'make-authority', why: 'the last one has lived long enough', retire };
  }
  if (retire.length > 0 && stored.retired.length < mostRetired) return { kind: 'adopt', retire };

  const promoteIn = next && promotesIn(situation, stored, next, settings);
  if (promoteIn === 0) {
    // an earlier certificate may live longer than this one, if it was made under other settings
    const until = Math.max(leaf?.until ?? 0, now + settings.certificateLifetime);
    return { kind: 'promote', retire: signer ? [{ authority: signer, until: Math.min(until, signer.until) }] : [] };
  }
  if (canSign(signer)) {
    if (!leaf) return { kind: 'renew', why: 'there is none', alsoFor: [] };
    if (leaf.missingHosts.length > 0) {
      // replicas with other settings may want other hosts while a Deployment rolls out; they must not undo each other's work
      return { kind: 'renew', why: `it is not valid for ${leaf.missingHosts.join(', ')}`, alsoFor: leaf.hosts };
    }
    // one that lives as long as its CA cannot be bettered: the next CA is on its way
    if (due(leaf) <= now && leaf.until < signer.until) {
      return { kind: 'renew', why: 'it has lived long enough', alsoFor: [] };
    }
  }
  const gone = stored.retired.filter(
    ({ authority, until }) => until <= now && !hooks.some((hook) => trusts(hook, authority)),
  );
  if (gone.length > 0) return { kind: 'forget', ids: gone.map(({ authority }) => authority.id) };

  const times = [leaf, signer, next].flatMap((one) => (one ? [due(one)] : []));
  times.push(...stored.retired.map(({ until }) => until));
  const waits = times.map((time) => time - now);
  if (promoteIn !== undefined) waits.push(promoteIn);
  if (repair) waits.push(mayWriteAt - monotonicNow);
  // what should have happened by now waits for something else, which will be seen
  return { kind: 'wait', milliseconds: Math.min(...waits.filter((milliseconds) => milliseconds > 0)) };
}

/** When something should be renewed. */
export function dueAt(
  { from, until }: { from: number; until: number },
  { renewAt }: CertificateSettings,
  jitter: number,
): number {
  const start = startOf({ from, until });
  return start + (until - start) * (renewAt - jitter / 10);
}

/** When it was made, if by us. */
function startOf({ from, until }: { from: number; until: number }): number {
  return Math.min(from + backdate, until);
}

/** What the webhooks trust and the Secret does not know: the Secret was deleted, or somebody else wrote there. */
function findUnknown({ signer, next, retired }: Stored, hooks: readonly Hook[], now: number): Authority[] {
  const known = new Set([signer?.id, next?.id, ...retired.map(({ authority }) => authority.id)]);
  const unknown = new Map<string, Authority>();
  for (const authority of hooks.flatMap(({ bundle }) => bundle.authorities)) {
    if (!known.has(authority.id) && authority.until > now) unknown.set(authority.id, authority);
  }
  return [...unknown.values()].slice(0, mostRetired);
}

/**
 * A CA of our own may have signed what is served for one more life of a certificate. One of somebody else is there because Permafrost
 * is just taking over from cert-manager or the like, or by mistake: a day is enough to roll a Deployment out.
 */
function retireAt(authority: Authority, now: number, { certificateLifetime }: CertificateSettings): number {
  const stay = authority.isOwn ? certificateLifetime : Math.min(certificateLifetime, day);
  return Math.min(authority.until, now + stay);
}

function findRepair(
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

/** @returns in how many milliseconds the next CA may sign; undefined when that cannot be told yet */
function promotesIn(
  { trust, hooks, now, monotonicNow }: Situation,
  { leaf, signer, retired }: Stored,
  next: Authority,
  settings: CertificateSettings,
): number | undefined {
  const since = trustedFor(trust, next.id, monotonicNow);
  if (since === undefined) return undefined;
  // with no older CA trusted, whatever is served is not trusted either: there is nothing to wait for
  const hasOlder = signer !== undefined || leaf !== undefined || retired.some(({ until }) => until > now);
  const isAlone = !hasOlder && hooks.every(({ bundle }) => bundle.authorities.every(({ id }) => id === next.id));
  return isAlone ? 0 : patience(since, canSign(signer) ? signer : leaf, now, settings);
}

/**
 * For how many milliseconds more API servers get the time to hear of a new CA: until shortly before what they trust now expires, at the
 * latest. That may be sooner than these settings provide for when it was made under others.
 */
function patience(
  since: number,
  present: { from: number; until: number } | undefined,
  now: number,
  { trustDelay }: CertificateSettings,
): number {
  if (!present) return Math.max(0, trustDelay - since);
  const margin = Math.min(trustDelay, (present.until - startOf(present)) / 10);
  return Math.max(0, Math.min(trustDelay - since, present.until - margin - now));
}

function trusts({ bundle }: Hook, { id }: Authority): boolean {
  return bundle.authorities.some((authority) => authority.id === id);
}

/**
 * Decides when a replica takes the certificate of the Secret instead of the one that it serves.
 *
 * @returns in how many milliseconds, 0 for now; undefined while it must keep what it has
 */
export function switchesIn(
  serving: Pick<Leaf, 'id' | 'issuer' | 'from' | 'until'> | undefined,
  leaf: Leaf | undefined,
  { trust, now, monotonicNow }: Pick<Situation, 'trust' | 'now' | 'monotonicNow'>,
  settings: CertificateSettings,
): number | undefined {
  if (!leaf || leaf.id === serving?.id) return undefined;
  if (!serving || serving.issuer === leaf.issuer || serving.until <= now) return 0;
  const since = trustedFor(trust, leaf.issuer, monotonicNow);
  if (since === undefined) return undefined;
  const isOldTrusted = trustedFor(trust, serving.issuer, monotonicNow) !== undefined;
  return isOldTrusted ? patience(since, serving, now, settings) : 0;
}
