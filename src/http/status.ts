/** Answers that are no reviews: a Kubernetes Status, whose message the API server shows in its own errors. */
import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';

/** Reasons of https://github.com/kubernetes/apimachinery/blob/master/pkg/apis/meta/v1/types.go, StatusReason. */
const reasons = {
  400: 'BadRequest',
  404: 'NotFound',
  405: 'MethodNotAllowed',
  413: 'RequestEntityTooLarge',
  415: 'UnsupportedMediaType',
  500: 'InternalError',
} as const;
export type ErrorStatus = keyof typeof reasons;

/** How much of a body that nobody wants is still taken in, and for how long, so that a client that is writing gets to read the answer. */
const linger = { bytes: 1024 * 1024, milliseconds: 1000 };

/** Encodes a failure: https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/status/ */
export function encodeStatus(code: ErrorStatus, message: string): string {
  const status = { apiVersion: 'v1', kind: 'Status', status: 'Failure', reason: reasons[code], code, message };
  return `${JSON.stringify(status)}\n`;
}

/**
 * Answers a request whose body has been read, or that has none.
 *
 * @param body a string, which Node writes in one piece with the headers; a Buffer would make two of them
 */
export function send(response: ServerResponse, code: number, body: string, headers?: OutgoingHttpHeaders): void {
  response.writeHead(code, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
    ...headers,
  });
  response.end(body);
}

/**
 * Answers a request whose body is not wanted, and closes the connection. Closing at once would reset it while the client is still
 * sending, and the answer would be lost (nginx calls the remedy lingering close): so a little more is read and thrown away, then
 * nothing, and then the connection is closed.
 */
export function refuse(
  request: IncomingMessage,
  response: ServerResponse,
  code: ErrorStatus,
  message: string,
  headers: OutgoingHttpHeaders = {},
): void {
  const body = encodeStatus(code, message);
  if (!isBodyExpected(request) || request.complete) {
    request.resume();
    send(response, code, body, headers);
    return;
  }
  response.writeHead(code, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
    connection: 'close',
    ...headers,
  });
  response.write(body); // the answer is complete for the client; end() would close the connection
  const timer = setTimeout(() => response.end(), linger.milliseconds);
  let discarded = 0;
  request.on('data', (chunk: Buffer) => {
    discarded += chunk.length;
    if (discarded > linger.bytes) request.pause();
  });
  request.on('close', () => {
    clearTimeout(timer);
    response.end();
  });
}

function isBodyExpected({ headers }: IncomingMessage): boolean {
  const length = headers['content-length'];
  return headers['transfer-encoding'] !== undefined || (length !== undefined && length !== '0');
}
