/** One look at Secret and webhooks, and one step. Each write names the version that was read, so that of two replicas one looks again. */
import { storeAdopted, storeAuthority, storeForgotten, storePromoted, storeRenewed } from './apply.ts';
import type { Authority } from './authority.ts';
import { decide } from './decide.ts';
import type { Leaf } from './leaf.ts';
import type { CertificateMaker } from './maker.ts';
import type { CertificateSettings } from './settings.ts';
import type { Step } from './step.ts';
import { canSign, type SecretData, type Signer, type Stored } from './stored.ts';
import { switchesIn } from './switch.ts';
import { type Hook, observeTrust, type Trust, trustedFor } from './trust.ts';
import type { WriteBudget } from './write-budget.ts';

/** `conflict`: somebody else has written since, and the next round will see what. */
export type Written = 'written' | 'conflict';

/** Where the certificates are kept. Anything but success and conflict is thrown. */
export interface CertificateStore {
  readHooks(): Promise<{ hooks: Hook[]; version: string }>;
  readSecret(): Promise<{ data: SecretData; version: string } | undefined>;
  writeHooks(hooks: readonly Hook[], version: string, authorities: readonly Authority[]): Promise<Written>;
  createSecret(data: Record<string, string | undefined>): Promise<Written>;
  writeSecret(data: Record<string, string | undefined>, version: string): Promise<Written>;
}

/** What a replica remembers from round to round; when it is lost, nothing is. */
export interface Replica {
  trust: Trust;
  /** The certificate that it serves. */
  serving: Leaf | undefined;
  budget: WriteBudget;
  jitter: number;
}

export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Milliseconds of a clock that never jumps. */
  monotonic(): number;
}

export interface Round {
  step: Step;
  /** Of the step; `written` for a wait. */
  outcome: Written;
  /** What is wrong with the Secret. */
  problems: string[];
  /** CAs in the webhooks that somebody else must have made. */
  foreign: string[];
  /** Whether the API server has been told to trust what is served, or does not call at all. */
  isTrusted: boolean;
  /** The CA that signs. */
  signer: Authority | undefined;
  /** When to look again, unless something changes earlier, in milliseconds. */
  wait: number;
}

export interface RoundContext {
  store: CertificateStore;
  maker: CertificateMaker;
  settings: CertificateSettings;
  clock: Clock;
  /** Gets each certificate from the moment on from which it must be served. */
  onCertificate(leaf: Leaf): void;
}

/** Makes a round. */
export async function makeRound(replica: Replica, context: RoundContext): Promise<Round> {
  const { store, maker, settings, clock } = context;
  // in this order: so the Secret is never older than the webhooks, and knows every CA that a replica has put there
  const { hooks, version } = await store.readHooks();
  const secret = await store.readSecret();
  const [now, monotonicNow] = [clock.now(), clock.monotonic()];
  replica.trust = observeTrust(replica.trust, hooks, monotonicNow);
  const { stored, problems } = secret ? maker.parse(secret.data, now) : { stored: undefined, problems: [] };
  const { trust, jitter, budget } = replica;
  const situation = { stored, hooks, trust, now, monotonicNow, mayWriteAt: budget.mayWriteAt(), jitter };

  const switchIn = switchesIn(replica.serving, stored?.leaf, situation, settings);
  if (switchIn === 0 && stored?.leaf) {
    replica.serving = stored.leaf;
    context.onCertificate(stored.leaf); // at once: the step may take its time
  }

  const step = decide(situation, settings);
  const write = (next: Stored): Promise<Written> =>
    secret ? store.writeSecret(maker.format(next), secret.version) : store.createSecret(maker.format(next));
  if (step.kind === 'trust') budget.spend(monotonicNow);
  const outcome = await perform(step, stored, context, write, (authorities) =>
    store.writeHooks(hooks, version, authorities),
  );
  const { serving } = replica;
  return {
    step,
    outcome,
    problems,
    foreign: foreignIn(hooks),
    isTrusted: serving !== undefined && trustedFor(trust, serving.issuer, monotonicNow) !== undefined,
    signer: stored?.signer,
    wait: step.kind === 'wait' ? Math.min(step.milliseconds, switchIn || Number.POSITIVE_INFINITY) : 0,
  };
}

async function perform(
  step: Step,
  stored: Stored = { retired: [] },
  { maker, clock }: RoundContext,
  write: (stored: Stored) => Promise<Written>,
  trust: (authorities: readonly Authority[]) => Promise<Written>,
): Promise<Written> {
  switch (step.kind) {
    case 'wait':
      return 'written';
    case 'trust':
      return trust(step.authorities);
    case 'make-authority':
      return write(storeAuthority(stored, await maker.makeAuthority(clock.now()), step.retire));
    case 'adopt':
      return write(storeAdopted(stored, step.retire));
    case 'promote': {
      const signer = signerOf(stored.next);
      return write(storePromoted(stored, signer, await maker.issue(signer, clock.now(), []), step.retire));
    }
    case 'renew':
      return write(storeRenewed(stored, await maker.issue(signerOf(stored.signer), clock.now(), step.alsoFor)));
    case 'forget':
      return write(storeForgotten(stored, step));
  }
}

function signerOf(authority: Authority | Signer | undefined): Signer {
  if (!canSign(authority)) throw new Error('no CA to sign with');
  return authority;
}

function foreignIn(hooks: readonly Hook[]): string[] {
  const foreign = hooks.flatMap(({ bundle }) => bundle.authorities).filter(({ isOwn }) => !isOwn);
  return [...new Set(foreign.map(({ subject, id }) => `${subject} (SHA-256 ${id})`))];
}
