/** What the servers that Permafrost is held against have in common. */
import { readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';

/** Of a server's command line: the port and the files of its certificate. */
export function readArguments(): { port: number; tls: { cert: string; key: string }; rest: string[] } {
  const [port, certFile = '', keyFile = '', ...rest] = process.argv.slice(2);
  return {
    port: Number(port),
    tls: { cert: readFileSync(certFile, 'utf8'), key: readFileSync(keyFile, 'utf8') },
    rest,
  };
}

/**
 * Reads and parses a review, and answers it: as little as a webhook can do.
 *
 * @param answer the same for every pod, without a uid; without one the pod is allowed as it is
 */
export function answerReview(
  request: IncomingMessage,
  response: ServerResponse,
  answer: object = { allowed: true },
): void {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const review = JSON.parse(Buffer.concat(chunks).toString('utf8'));
    const body = Buffer.from(
      JSON.stringify({
        apiVersion: 'admission.k8s.io/v1',
        kind: 'AdmissionReview',
        response: { uid: review.request.uid, ...answer },
      }),
    );
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': body.length });
    response.end(body);
  });
}
