import { type Life, startOf } from './due.ts';
import type { CertificateSettings } from './settings.ts';

/**
 * For how many milliseconds more API servers get the time to hear of a new CA: until shortly before what they trust now expires, at the
 * latest. That may be sooner than these settings provide for when it was made under others.
 */
export function patience(
  since: number,
  present: Life | undefined,
  now: number,
  { trustDelay }: CertificateSettings,
): number {
  if (!present) return Math.max(0, trustDelay - since);
  const margin = Math.min(trustDelay, (present.until - startOf(present)) / 10);
  return Math.max(0, Math.min(trustDelay - since, present.until - margin - now));
}
