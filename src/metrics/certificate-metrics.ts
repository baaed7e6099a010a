/** What Permafrost counts when it keeps its certificates itself. */
import { Counter, Gauge, type Registry } from 'prom-client';

export interface CertificateMetrics {
  /** Counts what this replica made. */
  countRenewal(kind: 'ca' | 'certificate'): void;
  /** Counts a caBundle that this replica wrote. */
  countBundleWrite(): void;
  setAuthorityExpiry(notAfter: Date): void;
  /** Whether Secret and webhook configuration could be read and written at the last attempt. */
  setWorking(isWorking: boolean): void;
}

export function createCertificateMetrics(registry: Registry): CertificateMetrics {
  const registers = [registry];
  const renewals = new Counter({
    name: 'permafrost_certificate_renewals_total',
    help: 'Certificates that this replica made, by kind (ca, certificate).',
    labelNames: ['kind'],
    registers,
  });
  for (const kind of ['ca', 'certificate']) renewals.inc({ kind }, 0);
  const writes = new Counter({
    name: 'permafrost_ca_bundle_writes_total',
    help: 'How often this replica wrote the caBundle of the webhooks; many mean that somebody else writes it too.',
    registers,
  });
  const expiry = new Gauge({
    name: 'permafrost_ca_expiry_timestamp_seconds',
    help: 'When the CA that signs serving certificates expires, in seconds since 1970.',
    registers,
  });
  const working = new Gauge({
    name: 'permafrost_certificate_management_working',
    help: '1 while the Secret and the webhook configuration can be read and written, 0 while the last certificate is only kept.',
    registers,
  });
  return {
    countRenewal: (kind) => renewals.inc({ kind }),
    countBundleWrite: () => writes.inc(),
    setAuthorityExpiry: (notAfter) => expiry.set(notAfter.getTime() / 1000),
    setWorking: (isWorking) => working.set(isWorking ? 1 : 0),
  };
}
