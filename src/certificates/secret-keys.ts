/**
 * The keys of the Secret. The first three are those of every Secret of the type kubernetes.io/tls; `ca.crt` holds all that should be
 * trusted, and the private keys tell which of them signs now and which one next.
 */
export const secretKeys = {
  cert: 'tls.crt',
  key: 'tls.key',
  authorities: 'ca.crt',
  signerKey: 'ca.key',
  nextKey: 'next-ca.key',
  retired: 'retired-ca.json',
} as const;
