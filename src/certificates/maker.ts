/** Makes what goes into the Secret, and reads what is in it. */
import { createAuthority, issueCertificate } from '../tls/authority.ts';
import { organization, parseAuthority } from './authority.ts';
import { type Leaf, parseLeaf } from './leaf.ts';
import { backdate, type CertificateSettings } from './settings.ts';
import { formatStored, parseStored, type SecretData, type Signer, type Stored } from './stored.ts';

export interface CertificateMaker {
  parse(data: SecretData, now: number): { stored: Stored; problems: string[] };
  format(stored: Stored): Record<string, string | undefined>;
  makeAuthority(now: number): Promise<Signer>;
  /** Makes a certificate for the hosts of the settings and for these. */
  issue(signer: Signer, now: number, alsoFor: readonly string[]): Promise<Leaf>;
}

/** With real cryptography. */
export function createMaker({ hosts, authorityLifetime, certificateLifetime }: CertificateSettings): CertificateMaker {
  return {
    parse: (data, now) => parseStored(data, hosts, now),
    format: formatStored,
    async makeAuthority(now) {
      const name = `Permafrost CA ${new Date(now).toISOString().slice(0, 10)} ${crypto.randomUUID().slice(0, 8)}`;
      const { cert, key } = await createAuthority({ name, organization }, validity(now, now + authorityLifetime));
      const authority = parseAuthority(cert);
      if (!authority) throw new Error('a CA that was just made cannot be read');
      return { ...authority, key };
    },
    async issue(signer, now, alsoFor) {
      const until = Math.min(now + certificateLifetime, signer.until);
      const authority = { cert: signer.pem, key: signer.key };
      const names = [...new Set([...hosts, ...alsoFor])];
      const { cert, key } = await issueCertificate(authority, names, validity(now, until));
      const leaf = parseLeaf(cert, key, [signer], hosts, now);
      if (typeof leaf !== 'object') throw new Error(`a certificate that was just made cannot be used: ${leaf}`);
      return leaf;
    },
  };
}

function validity(now: number, until: number): { notBefore: Date; notAfter: Date } {
  return { notBefore: new Date(now - backdate), notAfter: new Date(until) };
}
