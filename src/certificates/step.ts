/** What a step is decided from, and which there are. */
import type { Authority } from './authority.ts';
import type { Retired, Stored } from './stored.ts';
import type { Hook, Trust } from './trust.ts';

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
