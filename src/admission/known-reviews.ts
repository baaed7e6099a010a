/**
 * Remembers what was decided on reviews, for those that say the same again: a cluster makes each pod from a template, and from most
 * templates many pods. What is remembered holds for one policy, one table and one day.
 */
import type { AdmitSettings, Outcome } from './admit.ts';
import type { Mode } from './mode.ts';
import { maxUidLength, type ReviewSubject } from './review.ts';
import { createPattern, matchPattern, type ReviewPattern } from './review-pattern.ts';

/** Of bodies and answers, in bytes. When there would be more, all are forgotten. */
const most = 1024 * 1024;

/** Reviews of one length that are remembered. */
const mostAlike = 2;

/**
 * To remember a review costs half of what it saves when one like it comes, and more work for the garbage collector. So this many may be
 * remembered of which none is found again; each that is found pays for two more. Without credit, one is remembered in `pause` milliseconds.
 */
const mostCredit = 64;
const pause = 100;

export interface Decided {
  subject: ReviewSubject;
  outcome: Outcome;
  /** As `encodeDecision` makes it. */
  decision: string;
}

export interface KnownReviews {
  /**
   * @param today the date (UTC, `2027-01-31`)
   * @returns what would be decided on this review, and whose it is; undefined when none like it is remembered
   */
  find(body: Buffer, mode: Mode, today: string): Decided | undefined;
  /** Remembers what was decided on a review that was just not found, if it is worth it. */
  add(body: Buffer, mode: Mode, decided: Decided): void;
}

interface Known {
  mode: Mode;
  pattern: ReviewPattern;
  decided: Decided;
  size: number;
}

/**
 * @param settings may be given another policy or table at any time
 * @param now the clock, in milliseconds
 */
export function createKnownReviews(settings: AdmitSettings, now: () => number = () => performance.now()): KnownReviews {
  const byLength = new Map<number, Known[]>();
  let size = 0;
  let { policy, profiles } = settings;
  let day = '';
  let credit = mostCredit;
  let lastWithoutCredit = Number.NEGATIVE_INFINITY;

  const forget = (): void => {
    byLength.clear();
    size = 0;
  };
  const forgetTheOutdated = (today: string): void => {
    if (policy === settings.policy && profiles === settings.profiles && day === today) return;
    forget();
    ({ policy, profiles } = settings);
    day = today;
  };
  const isWorthIt = (): boolean => {
    if (credit > 0) {
      credit--;
      return true;
    }
    if (now() - lastWithoutCredit < pause) return false;
    lastWithoutCredit = now();
    return true;
  };

  return {
    find(body, mode, today) {
      forgetTheOutdated(today);
      for (const known of byLength.get(body.length) ?? []) {
        const names = known.mode === mode ? matchPattern(known.pattern, body) : undefined;
        if (!names) continue;
        const { uid, requestName, generateName } = names;
        if (uid === '' || uid.length > maxUidLength) return undefined;
        if (credit < mostCredit) credit += 2;
        const name = requestName || names.name;
        return { ...known.decided, subject: { ...known.decided.subject, uid, name, generateName } };
      }
      return undefined;
    },
    add(body, mode, decided) {
      if (decided.outcome.kind === 'refused') return; // the message may quote the pod
      const itsSize = body.length + decided.decision.length;
      if (itsSize > most / 2 || !isWorthIt()) return;
      const pattern = createPattern(body);
      if (!pattern || patchNames(decided.outcome, pattern.token)) return;
      if (size + itsSize > most) forget();
      const alike = byLength.get(body.length) ?? [];
      const oldest = alike.length === mostAlike ? alike.shift() : undefined;
      alike.push({ mode, pattern, decided, size: itsSize });
      byLength.set(body.length, alike);
      size += itsSize - (oldest?.size ?? 0);
    },
  };
}

/** Whether the patch names the volume with the token, as one does that moves a container which mounts it. */
function patchNames(outcome: Outcome, token: string | undefined): boolean {
  return token !== undefined && 'patch' in outcome && JSON.stringify(outcome.patch ?? []).includes(token);
}
