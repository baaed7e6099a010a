/** Metrics over plain HTTP on a port of their own, so that Prometheus needs no certificate and the webhook's port shows nothing. */
import { createServer, type Server } from 'node:http';
import type { Registry } from 'prom-client';

export interface MetricsServerOptions {
  /** Counts what has happened and is not counted yet. */
  beforeRead: () => void;
  /** Told when the metrics cannot be collected. */
  onError: (error: unknown) => void;
}

/** Makes the server, which does not listen yet. It knows `GET /metrics` only. */
export function createMetricsServer(registry: Registry, { beforeRead, onError }: MetricsServerOptions): Server {
  return createServer({ headersTimeout: 5_000, requestTimeout: 10_000 }, (request, response) => {
    request.resume();
    const path = request.url?.split('?', 1)[0];
    if (path !== '/metrics') {
      response.writeHead(404, { 'content-type': 'text/plain' }).end('not found; the metrics are at /metrics\n');
    } else if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.writeHead(405, { allow: 'GET, HEAD', 'content-type': 'text/plain' }).end('only GET\n');
    } else {
      beforeRead();
      registry.metrics().then(
        (text) => response.writeHead(200, { 'content-type': registry.contentType }).end(text),
        (error: unknown) => {
          onError(error);
          response.writeHead(500, { 'content-type': 'text/plain' }).end('the metrics cannot be collected\n');
        },
      );
    }
  });
}
