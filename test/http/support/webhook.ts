/** The real webhook on a real port, with what it logged and counted. */
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { Writable } from 'node:stream';
import type { AdmitSettings } from '../../../src/admission/admit.ts';
import { createAfterwards } from '../../../src/http/afterwards.ts';
import { createApp } from '../../../src/http/app.ts';
import type { Lifecycle } from '../../../src/http/lifecycle.ts';
import { createReviewServer, defaultTimeouts, type ReviewServer, type Timeouts } from '../../../src/http/server.ts';
import { createLogger } from '../../../src/log/logger.ts';
import { createMetrics, type Metrics } from '../../../src/metrics/metrics.ts';
import { defaultPolicy } from '../../../src/policy/policy.ts';
import { builtInFolder, loadProfiles } from '../../../src/profiles/load.ts';
import { createProfileTable } from '../../../src/profiles/table.ts';
import { createSelfSigned, type SelfSigned } from '../../../src/tls/self-signed.ts';

export interface Webhook {
  port: number;
  ca: string;
  server: ReviewServer;
  lifecycle: Lifecycle;
  metrics: Metrics;
  /** Every line so far, decoded. */
  log(): Promise<Record<string, unknown>[]>;
  /** The log as it was written. */
  logText(): Promise<string>;
  close(): Promise<void>;
}

export interface WebhookOptions {
  timeouts?: Partial<Timeouts>;
  settings?: Partial<AdmitSettings>;
  certificate?: SelfSigned;
}

const profiles = createProfileTable([
  { origin: 'built-in', profiles: loadProfiles(builtInFolder).profiles.map(({ profile }) => profile) },
]);

export const settings: AdmitSettings = {
  profiles,
  policy: defaultPolicy,
  version: '0.0.0-test',
  ownNamespace: 'permafrost-system',
};

let selfSigned: Promise<SelfSigned> | undefined;

export async function startWebhook(options: WebhookOptions = {}): Promise<Webhook> {
  selfSigned ??= createSelfSigned([], new Date());
  const certificate = options.certificate ?? (await selfSigned);
  let text = '';
  const sink = new Writable({
    write(chunk, _encoding, done) {
      text += String(chunk);
      done();
    },
  });
  const { logger, flush } = createLogger(sink, 'debug');
  const metrics = createMetrics('0.0.0-test', 'test');
  const lifecycle: Lifecycle = { phase: 'ready' };
  const afterwards = createAfterwards();
  const app = createApp({ settings: { ...settings, ...options.settings }, logger, metrics, lifecycle, afterwards });
  const server = createReviewServer(app, certificate, { ...defaultTimeouts, ...options.timeouts });
  server.https.listen(0, '127.0.0.1');
  await once(server.https, 'listening');
  const logText = async (): Promise<string> => {
    await new Promise((resolve) => setImmediate(resolve)); // an answer reaches its client before its turn is over
    afterwards.settle();
    flush();
    return text;
  };
  return {
    port: (server.https.address() as AddressInfo).port,
    ca: certificate.ca,
    server,
    lifecycle,
    get metrics() {
      afterwards.settle();
      return metrics;
    },
    logText,
    async log() {
      const lines = (await logText()).split('\n').filter((line) => line !== '');
      return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
    },
    async close() {
      const closed = once(server.https, 'close');
      server.https.close();
      server.connections.closeAll();
      await closed;
    },
  };
}
