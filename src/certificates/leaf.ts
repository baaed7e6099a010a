/** The certificate that is served. */
import { X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import { checkCertificate } from '../tls/certificate.ts';
import type { Authority } from './authority.ts';
import { secretKeys } from './secret-keys.ts';

export interface Leaf {
  id: string;
  /** PEM. */
  cert: string;
  /** PEM. */
  key: string;
  from: number;
  until: number;
  /** The `id` of the CA that signed it. */
  issuer: string;
  /** What it is valid for. */
  hosts: readonly string[];
  /** Those of the wanted hosts that it is not valid for. */
  missingHosts: readonly string[];
}

/**
 * Reads a serving certificate.
 *
 * @param issuers one of which must have signed it
 * @returns what is wrong with it, or undefined when there is none
 */
export function parseLeaf(
  cert: string,
  key: string,
  issuers: readonly Authority[],
  hosts: readonly string[],
  now: number,
): Leaf | string | undefined {
  if (cert === '' && key === '') return undefined;
  const checked = checkCertificate(cert, key);
  if ('problem' in checked) return `${secretKeys.cert}, ${secretKeys.key}: ${checked.problem}`;
  const leaf = new X509Certificate(cert);
  const until = leaf.validToDate.getTime();
  if (until <= now) return `${secretKeys.cert} expired at ${leaf.validToDate.toISOString()}`;
  const issuer = issuers.find(({ pem }) => isSignedBy(leaf, new X509Certificate(pem)));
  if (!issuer) return `${secretKeys.cert} is signed by another CA than that of ${secretKeys.signerKey}`;
  const valid = (leaf.subjectAltName ?? '').split(', ').map((name) => name.replace(/^(DNS|IP Address):/, ''));
  return {
    id: leaf.fingerprint256,
    cert,
    key,
    from: leaf.validFromDate.getTime(),
    until,
    issuer: issuer.id,
    hosts: valid,
    // by its letters, also for `*.example`, which checkHost takes for no name of a host
    missingHosts: hosts.filter((host) => (isIP(host) ? !leaf.checkIP(host) : !valid.includes(host))),
  };
}

function isSignedBy(leaf: X509Certificate, issuer: X509Certificate): boolean {
  return issuer.ca && leaf.checkIssued(issuer) && leaf.verify(issuer.publicKey);
}
