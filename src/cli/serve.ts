/** `permafrost serve`: puts the parts together and runs them until it is told to stop. */
import { once } from 'node:events';
import type { Server } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { warmUp } from '../admission/warm-up.ts';
import { createAfterwards } from '../http/afterwards.ts';
import { createApp } from '../http/app.ts';
import type { Lifecycle } from '../http/lifecycle.ts';
import { createReviewServer, replaceCertificate, stopServer } from '../http/server.ts';
import { createLogger } from '../log/logger.ts';
import { createMetrics } from '../metrics/metrics.ts';
import { createMetricsServer } from '../metrics/server.ts';
import { watchCertificate } from '../tls/certificate-files.ts';
import { version } from '../version.ts';
import { UsageError } from './command.ts';
import { followSettings } from './follow/follow-settings.ts';
import { exitCode, type Io } from './io.ts';
import { loadCertificate } from './serve-certificate.ts';
import type { ServeFlags } from './serve-command.ts';
import { checkCertificateFlags, manageCertificates } from './serve-manage.ts';
import { loadServeSettings } from './serve-settings.ts';

/** Milliseconds between two looks at the certificate's files: the kubelet itself takes a minute to bring a new Secret. */
const certificateInterval = 1_000;

/**
 * Milliseconds that a start waits with listening for a certificate that is trusted. It takes some round trips, also for the first replica.
 * Who is still waiting then listens with one that nobody trusts, so that /readyz can say why.
 */
const certificatePatience = 5_000;

/**
 * Milliseconds for reviews in flight after the delay: the API server waits for a webhook at most 10 s unless told otherwise, and a pod
 * gets 30 s in all before it is killed.
 */
const stopDeadline = 10_000;

/** Runs the webhook until `io.shutdown`. */
export async function serve(flags: ServeFlags, io: Io): Promise<number> {
  const settings = loadServeSettings(flags, io.env);
  checkCertificateFlags(flags);
  const { certificate, files, caBundle } = await loadCertificate(flags);
  const { logger, flush } = createLogger(io.stderr, flags.logLevel);
  const metrics = createMetrics(version, globalThis.navigator.userAgent);
  const lifecycle: Lifecycle = { phase: 'starting' };
  const afterwards = createAfterwards();

  const app = createApp({ settings: settings.admit, logger, metrics, lifecycle, afterwards });
  const server = createReviewServer(app, certificate);
  const metricsServer = createMetricsServer(metrics.registry, {
    beforeRead: afterwards.settle,
    onError: (err) => logger.error({ err }, 'no metrics'),
  });
  const metricsPort = await listen(metricsServer, flags.metricsPort, flags.address, '--metrics-port');
  const { ownNamespace: namespace } = settings.admit;
  const aborted = io.shutdown.aborted ? Promise.resolve() : once(io.shutdown, 'abort');
  const manage = { flags, env: io.env, namespace, server, lifecycle, metrics, logger };
  const managing = await manageCertificates(manage).catch((error: unknown) => {
    metricsServer.close();
    throw error;
  });
  await Promise.race([managing.ready, sleep(certificatePatience, undefined, { ref: false }), aborted]);
  const port = await listen(server.https, flags.port, flags.address, '--port').catch((error: unknown) => {
    managing.stop();
    metricsServer.close();
    throw error;
  });
  if (!flags.manageCertificates) metrics.setCertificateExpiry(certificate.notAfter);
  const watch = files
    ? watchCertificate(
        files,
        certificate,
        certificateInterval,
        (next) => {
          replaceCertificate(server, next);
          metrics.setCertificateExpiry(next.notAfter);
          logger.info({ notAfter: next.notAfter, names: next.names }, 'certificate replaced');
        },
        (problem) => logger.error({ problem }, 'certificate not replaced; the last good one stays in use'),
      )
    : undefined;

  const following = await followSettings({ flags, env: io.env, settings, logger, metrics }).catch((error: unknown) => {
    managing.stop();
    server.https.close();
    metricsServer.close();
    throw error;
  });
  await Promise.race([Promise.all([following.firstRead, managing.ready]), aborted]);
  if (!io.shutdown.aborted) {
    warmUp(settings.admit);
    lifecycle.phase = 'ready';
  }
  const host = hostOf(flags.address);
  const places = { url: `https://${host}:${port}`, metrics: `http://${host}:${metricsPort}/metrics` };
  const { notAfter, names } = certificate;
  if (lifecycle.phase === 'ready') {
    logger.info({ version, ...places, ...(!flags.manageCertificates && { notAfter, names }) }, 'listening');
    flush(); // whoever waits for the lines below may read the log then
    for (const [key, value] of Object.entries({ ...places, ...(caBundle && { caBundle }) })) {
      io.stdout.write(`${key}: ${value}\n`);
    }
  }

  await aborted;
  const delay = 1000 * (flags.shutdownDelay ?? (io.env['KUBERNETES_SERVICE_HOST'] ? 5 : 0));
  logger.info({ delay }, 'stopping');
  watch?.stop();
  following.stop();
  managing.stop();
  const isClean = await stopServer(server, lifecycle, { delay, deadline: stopDeadline });
  metricsServer.close();
  metricsServer.closeAllConnections();
  if (!isClean) logger.warn('connections cut at the deadline');
  afterwards.settle();
  logger.info('stopped');
  flush();
  return exitCode.ok;
}

/** @returns the real port */
async function listen(server: Server, port: number, address: string | undefined, flag: string): Promise<number> {
  server.listen({ port, ...(address !== undefined && { host: address }) });
  try {
    await once(server, 'listening');
  } catch (error) {
    throw new UsageError(describeListenError(error as NodeJS.ErrnoException, port, address, flag));
  }
  const bound = server.address();
  return typeof bound === 'object' && bound ? bound.port : port;
}

function describeListenError(
  error: NodeJS.ErrnoException,
  port: number,
  address: string | undefined,
  flag: string,
): string {
  switch (error.code) {
    case 'EADDRINUSE':
      return `port ${port} is taken; choose another one with ${flag}, or any free one with ${flag} 0`;
    case 'EACCES':
      return `port ${port} may not be used by this user; choose one from 1024 up with ${flag}`;
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return `--address ${address}: this machine has no such address`;
    default:
      return `cannot listen on port ${port}: ${error.message}`;
  }
}

function hostOf(address: string | undefined): string {
  if (address === undefined || address === '0.0.0.0' || address === '::') return 'localhost';
  return address.includes(':') ? `[${address}]` : address;
}
