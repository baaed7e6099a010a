/** When a replica takes another certificate. */

import type { Leaf } from './leaf.ts';
import { patience } from './patience.ts';
import type { CertificateSettings } from './settings.ts';
import type { Situation } from './step.ts';
import { trustedFor } from './trust.ts';

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
