/** The HTTPS server: bounded in time, closed without losing a review, with a certificate that can be replaced while it runs. */

import { once } from 'node:events';
import type { RequestListener } from 'node:http';
import { createServer, type Server } from 'node:https';
import { setTimeout } from 'node:timers/promises';
import type { ServingCertificate } from '../tls/certificate.ts';
import type { Lifecycle } from './lifecycle.ts';
import { type OpenConnections, trackConnections } from './open-connections.ts';

/** In milliseconds. */
export interface Timeouts {
  /** A client that has not shaken hands by then is let go. */
  handshake: number;
  /** For all headers of a request. */
  headers: number;
  /** For a whole request. No webhook can have a longer timeout than 30 s, so nobody would wait for the answer. */
  request: number;
  /**
   * For the next request on a connection. The API server drops an idle connection after 90 s (IdleConnTimeout of Go's DefaultTransport,
   * which k8s.io/apimachinery pkg/util/net takes over); if this side did so first, a review could be on its way to it and be lost.
   */
  keepAlive: number;
  /** For a client that takes no bytes of its answer. */
  stalled: number;
  /** How often headers and request are looked at. */
  check: number;
}

export const defaultTimeouts: Timeouts = {
  handshake: 10_000,
  headers: 10_000,
  request: 30_000,
  keepAlive: 120_000,
  stalled: 60_000,
  check: 1_000,
};

export interface ReviewServer {
  https: Server;
  connections: OpenConnections;
}

/** Makes the server, which does not listen yet. */
export function createReviewServer(
  app: RequestListener,
  certificate: Pick<ServingCertificate, 'cert' | 'key'>,
  timeouts: Timeouts = defaultTimeouts,
): ReviewServer {
  const https = createServer(
    {
      ...secureContext(certificate),
      handshakeTimeout: timeouts.handshake,
      headersTimeout: timeouts.headers,
      requestTimeout: timeouts.request,
      keepAliveTimeout: timeouts.keepAlive,
      connectionsCheckingInterval: timeouts.check,
      noDelay: true,
    },
    app,
  );
  https.setTimeout(timeouts.stalled);
  return { https, connections: trackConnections(https) };
}

/** Uses another certificate for every connection from now on; those that are open stay open. */
export function replaceCertificate(
  { https }: ReviewServer,
  certificate: Pick<ServingCertificate, 'cert' | 'key'>,
): void {
  https.setSecureContext(secureContext(certificate));
}

function secureContext({ cert, key }: Pick<ServingCertificate, 'cert' | 'key'>) {
  return { cert, key, minVersion: 'TLSv1.2' } as const;
}

export interface StopOptions {
  /** Milliseconds in which reviews are still accepted while the cluster takes the address out of the service. */
  delay: number;
  /** Milliseconds after that until connections are cut, whatever is on them. */
  deadline: number;
}

/** Milliseconds that a client which has just connected is given to send its request. */
const unusedGrace = 500;

/**
 * Stops the server: not ready first, then no new connections; what is in flight is answered, and each answer closes its connection.
 *
 * @returns false when the deadline had to cut connections
 */
export async function stopServer(
  { https, connections }: ReviewServer,
  lifecycle: Lifecycle,
  { delay, deadline }: StopOptions,
): Promise<boolean> {
  lifecycle.phase = 'draining';
  if (delay > 0) await setTimeout(delay);
  const closed = once(https, 'close');
  https.close();
  const timers = new AbortController();
  const { signal } = timers;
  const wait = (milliseconds: number) => setTimeout(milliseconds, true, { signal }).catch(() => false);
  wait(Math.min(unusedGrace, deadline)).then((isOver) => isOver && connections.closeUnused());
  const cut = wait(deadline).then((isOver) => {
    if (isOver) connections.closeAll();
    return isOver;
  });
  await closed;
  timers.abort();
  return !(await cut);
}
