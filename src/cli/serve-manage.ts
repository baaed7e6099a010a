/** `serve --manage-certificates`: puts the parts together that keep the certificates. */
import { type CertificateSettings, defaultCertificateSettings, findSettingsProblem } from '../certificates/settings.ts';
import type { Lifecycle } from '../http/lifecycle.ts';
import { type ReviewServer, replaceCertificate } from '../http/server.ts';
import type { Logger } from '../log/logger.ts';
import { createCertificateMetrics } from '../metrics/certificate-metrics.ts';
import type { Metrics } from '../metrics/metrics.ts';
import { UsageError } from './command.ts';
import { connectToCluster } from './connect.ts';
import type { ServeFlags } from './serve-command.ts';

export interface ManageOptions {
  flags: ServeFlags;
  env: Record<string, string | undefined>;
  /** Holds the Secret and the Service. */
  namespace: string;
  server: ReviewServer;
  lifecycle: Lifecycle;
  metrics: Metrics;
  logger: Logger;
}

export interface Managing {
  /** Resolves when a certificate is served that the webhook configuration trusts. */
  ready: Promise<void>;
  stop(): void;
}

/** Starts to keep the certificates, if the flags say so. */
export async function manageCertificates(options: ManageOptions): Promise<Managing> {
  const { flags, namespace, server, lifecycle, metrics, logger } = options;
  if (!flags.manageCertificates) return { ready: Promise.resolve(), stop() {} };
  const settings = readCertificateSettings(flags, namespace);
  const api = await connectToCluster('--manage-certificates needs', options);
  const { keepCertificates } = await import('../kube/certificates/keep-certificates.ts');
  const { promise: ready, resolve } = Promise.withResolvers<void>();
  lifecycle.waitingFor = 'an answer of the API server about its certificate';
  const keeping = keepCertificates({
    api,
    places: { namespace, secret: flags.certificateSecret, configuration: flags.webhookConfiguration },
    settings,
    logger,
    metrics: createCertificateMetrics(metrics.registry),
    onCertificate({ cert, key, until, hosts }) {
      replaceCertificate(server, { cert, key });
      metrics.setCertificateExpiry(new Date(until));
      logger.info({ notAfter: new Date(until), names: hosts.join(', ') }, 'certificate replaced');
    },
    onReady() {
      delete lifecycle.waitingFor;
      resolve();
    },
    onWaiting(reason) {
      lifecycle.waitingFor = `its certificate: ${reason}`;
    },
  });
  return { ready, stop: () => keeping.stop() };
}

/** Refuses flags that make no sense together. */
export function checkCertificateFlags(flags: ServeFlags): void {
  const { caLifetime, certificateLifetime, renewAt, trustDelay } = flags;
  if (flags.manageCertificates) {
    const problem = findSettingsProblem(readCertificateSettings(flags, ''));
    if (problem) throw new UsageError(problem);
  } else if ([caLifetime, certificateLifetime, renewAt, trustDelay].some((value) => value !== undefined)) {
    throw new UsageError(
      '--ca-lifetime, --certificate-lifetime, --renew-at and --trust-delay belong to --manage-certificates; add it, or leave them out',
    );
  }
}

function readCertificateSettings(flags: ServeFlags, namespace: string): CertificateSettings {
  const { caLifetime, certificateLifetime, renewAt, trustDelay, service, host = [] } = flags;
  const defaults = defaultCertificateSettings;
  const name = `${service}.${namespace}`;
  return {
    // the API server asks for the first; the others are for people and for what calls from other places in the cluster
    hosts: [`${name}.svc`, `${name}.svc.cluster.local`, name, ...host],
    authorityLifetime: caLifetime ?? defaults.authorityLifetime,
    certificateLifetime: certificateLifetime ?? defaults.certificateLifetime,
    renewAt: renewAt ?? defaults.renewAt,
    trustDelay: trustDelay ?? defaults.trustDelay,
  };
}
