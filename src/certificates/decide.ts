/**
 * What to do next about the certificates: a function of what is in the Secret and in the webhook configuration, so that any replica
 * can go on where another one stopped.
 *
 * A new CA comes in this order: it is written into the Secret as the next one; it is written into the webhooks beside the old one; when
 * the API servers have had the time to see it, it signs a serving certificate, which every replica takes; the old one stays trusted
 * until the last certificate that it signed has expired.
 */
import type { Authority } from './authority.ts';
import { dueAt, type Life } from './due.ts';
import { patience } from './patience.ts';
import { findRepair, findUnknown, mostRetired } from './repair.ts';
import { type CertificateSettings, day } from './settings.ts';
import type { Situation, Step } from './step.ts';
import { canSign, type Stored } from './stored.ts';
import { trustedFor, trusts } from './trust.ts';

/** Decides on the next step. Steps that mend what API servers see now come first. */
export function decide(situation: Situation, settings: CertificateSettings): Step {
  const { stored = { retired: [] }, hooks, now, monotonicNow, mayWriteAt } = situation;
  const { signer, next, leaf } = stored;
  const unknown = findUnknown(stored, hooks, now);
  const repair = situation.stored && findRepair(stored, hooks, unknown, now, settings);
  if (repair && mayWriteAt <= monotonicNow) return repair;

  const retire = unknown.map((authority) => ({ authority, until: retireAt(authority, now, settings) }));
  const due = (one: Life) => dueAt(one, settings, situation.jitter);
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
 * A CA of our own may have signed what is served for one more life of a certificate. One of somebody else is there because Permafrost
 * is just taking over from cert-manager or the like, or by mistake: a day is enough to roll a Deployment out.
 */
function retireAt(authority: Authority, now: number, { certificateLifetime }: CertificateSettings): number {
  const stay = authority.isOwn ? certificateLifetime : Math.min(certificateLifetime, day);
  return Math.min(authority.until, now + stay);
}
