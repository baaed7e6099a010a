/** A serving certificate with its key, checked before it is used. */
import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { createSecureContext } from 'node:tls';

export interface ServingCertificate {
  /** PEM, the serving certificate first. */
  cert: string;
  /** PEM. */
  key: string;
  notAfter: Date;
  /** What it is valid for, as in the certificate: `DNS:localhost, IP Address:127.0.0.1`. */
  names: string;
}

/**
 * Checks that certificate and key can be read and belong together.
 *
 * @param cert PEM
 * @param key PEM
 * @returns the pair, or what is wrong with it and what to do; never a part of the key
 */
export function checkCertificate(cert: string, key: string): { certificate: ServingCertificate } | { problem: string } {
  let leaf: X509Certificate;
  let privateKey: KeyObject;
  try {
    leaf = new X509Certificate(cert);
  } catch (error) {
    return {
      problem: `the certificate cannot be read (${reasonOf(error)}); it must be PEM, the serving certificate first`,
    };
  }
  try {
    privateKey = createPrivateKey(key);
  } catch (error) {
    return { problem: `the key cannot be read (${reasonOf(error)}); it must be an unencrypted private key in PEM` };
  }
  if (!leaf.checkPrivateKey(privateKey)) {
    return { problem: 'certificate and key do not belong together; give the key that the certificate was made for' };
  }
  try {
    createSecureContext({ cert, key });
  } catch (error) {
    return { problem: `OpenSSL refuses the pair (${reasonOf(error)}); make a new one` };
  }
  return { certificate: { cert, key, notAfter: new Date(leaf.validTo), names: leaf.subjectAltName ?? '' } };
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
