/** What is known of a CA certificate that somebody trusts, and how many of them are written one after the other. */
import { X509Certificate } from 'node:crypto';

export interface Authority {
  /** SHA-256 of the certificate. */
  id: string;
  /** The certificate, without anything around it. */
  pem: string;
  /** When it was made, and when it expires: milliseconds since 1970. */
  from: number;
  until: number;
  /** Whether Permafrost made it. It says so itself: nothing may depend on it that would be worth lying for. */
  isOwn: boolean;
  subject: string;
}

export interface Bundle {
  authorities: Authority[];
  /** Whether there is more in it than certificates. */
  hasGarbage: boolean;
}

/** In the subject of every CA that Permafrost makes. */
export const organization = 'permafrost.dev';

export const emptyBundle: Bundle = { authorities: [], hasGarbage: false };

const block = /-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g;

/** Reads certificates one after the other; what cannot be read is left out. */
export function parseBundle(pem: string): Bundle {
  const authorities = new Map<string, Authority>();
  let hasGarbage = pem.replace(block, '').trim() !== '';
  for (const text of pem.match(block) ?? []) {
    const authority = parseAuthority(text);
    if (authority) authorities.set(authority.id, authority);
    else hasGarbage = true;
  }
  return { authorities: [...authorities.values()], hasGarbage };
}

/** Reads the `caBundle` of a webhook: base64 of PEM. */
export function parseCaBundle(caBundle: string | undefined): Bundle {
  return caBundle ? parseBundle(Buffer.from(caBundle, 'base64').toString('latin1')) : emptyBundle;
}

export function formatBundle(authorities: readonly Pick<Authority, 'pem'>[]): string {
  return authorities.map(({ pem }) => `${pem}\n`).join('');
}

export function parseAuthority(pem: string): Authority | undefined {
  try {
    const certificate = new X509Certificate(pem);
    return {
      id: certificate.fingerprint256.replaceAll(':', '').toLowerCase(),
      pem: pem.trim(),
      from: certificate.validFromDate.getTime(),
      until: certificate.validToDate.getTime(),
      isOwn: certificate.subject.split('\n').includes(`O=${organization}`),
      subject: certificate.subject.replaceAll('\n', ', '),
    };
  } catch {
    return undefined;
  }
}
