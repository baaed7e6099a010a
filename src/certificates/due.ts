/** When something of a limited life is to be renewed. */
import { backdate, type CertificateSettings } from './settings.ts';

/** Milliseconds since 1970. */
export interface Life {
  from: number;
  until: number;
}

/** When something should be renewed. */
export function dueAt({ from, until }: Life, { renewAt }: CertificateSettings, jitter: number): number {
  const start = startOf({ from, until });
  return start + (until - start) * (renewAt - jitter / 10);
}

/** When it was made, if by us. */
export function startOf({ from, until }: Life): number {
  return Math.min(from + backdate, until);
}
