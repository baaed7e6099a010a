/** Which CAs the API server is asked to trust, and since when as far as this replica has seen. */
import type { Authority, Bundle } from './authority.ts';

/** One of our webhooks in the configuration. */
export interface Hook {
  name: string;
  /** Its place in the list. */
  index: number;
  bundle: Bundle;
}

/**
 * No configuration, or none of our webhooks in it: nobody calls, so there is nobody who could distrust a certificate; else each CA that
 * all our webhooks trust, with the time since when.
 */
export type Trust = 'nobody-calls' | ReadonlyMap<string, number>;

/**
 * Looks at the configuration once more. A CA that was missing for a moment counts from its return on.
 *
 * @param now of a clock that never jumps, in milliseconds
 */
export function observeTrust(earlier: Trust, hooks: readonly Hook[], now: number): Trust {
  const [first, ...others] = hooks;
  if (!first) return 'nobody-calls';
  const isTrusted = (id: string) => others.every((hook) => trusts(hook, { id }));
  const trusted = first.bundle.authorities.filter(({ id }) => isTrusted(id));
  const since = (id: string) => (earlier === 'nobody-calls' ? undefined : earlier.get(id));
  return new Map(trusted.map(({ id }) => [id, since(id) ?? now]));
}

export function trusts({ bundle }: Hook, { id }: Pick<Authority, 'id'>): boolean {
  return bundle.authorities.some((authority) => authority.id === id);
}

/** @returns for how long it has been trusted, in milliseconds; undefined when it is not */
export function trustedFor(trust: Trust, id: string, now: number): number | undefined {
  if (trust === 'nobody-calls') return Number.POSITIVE_INFINITY;
  const since = trust.get(id);
  return since === undefined ? undefined : now - since;
}
