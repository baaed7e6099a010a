/** Makes a CA of its own and a serving certificate, for trying things out: nothing renews them, and they are gone with the process. */
import { createAuthority, issueCertificate } from './authority.ts';

export interface SelfSigned {
  /** PEM; whoever trusts it trusts the serving certificate. */
  ca: string;
  cert: string;
  key: string;
}

const day = 24 * 60 * 60 * 1000;

/**
 * Makes a CA and a certificate for `localhost`, `127.0.0.1`, `::1` and more.
 *
 * @param hosts further names and addresses
 * @param now the time of making; it is valid from an hour before, as clocks differ, for a year
 */
export async function createSelfSigned(hosts: readonly string[], now: Date): Promise<SelfSigned> {
  const validity = { notBefore: new Date(now.getTime() - day / 24), notAfter: new Date(now.getTime() + 365 * day) };
  const authority = await createAuthority({ name: 'Permafrost self-signed CA' }, validity);
  const names = [...new Set(['localhost', '127.0.0.1', '::1', ...hosts])];
  return { ca: authority.cert, ...(await issueCertificate(authority, names, validity)) };
}
