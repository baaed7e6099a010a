/** Reads a request's body: bounded, and decoded only if it is what it says it is. */
import { isUtf8 } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import { findUnexpectedToken } from './json-position.ts';

/**
 * The API server refuses requests of more than 3 MiB (MaxRequestBodyBytes in k8s.io/apiserver pkg/server/config.go). A review of an
 * update carries two such objects, and the rest of the request (user, groups, options) has room in one more MiB.
 */
export const maxBodyBytes = 7 * 1024 * 1024;

/** A body; or why there is none: it is longer than allowed, or the client went away before its end. */
export type BodyResult = { body: Buffer } | { problem: 'too-large' | 'aborted' };

/**
 * Reads the whole body.
 *
 * @param limit in bytes; reading stops there, and what follows is left unread
 * @param done called once
 */
export function readBody(request: IncomingMessage, limit: number, done: (result: BodyResult) => void): void {
  if (Number(request.headers['content-length'] ?? 0) > limit) {
    done({ problem: 'too-large' });
    return;
  }
  const chunks: Buffer[] = [];
  let length = 0;
  let isDone = false;
  const finish = (result: BodyResult): void => {
    if (isDone) return;
    isDone = true;
    done(result);
  };
  request.on('data', (chunk: Buffer) => {
    if (isDone) return;
    length += chunk.length;
    if (length > limit) finish({ problem: 'too-large' });
    else chunks.push(chunk);
  });
  request.on('end', () => {
    const [first] = chunks;
    const body = chunks.length === 1 && first ? first : Buffer.concat(chunks, length);
    chunks.length = 0; // the request lives until its answer is sent, the body need not
    finish({ body });
  });
  request.on('close', () => finish({ problem: 'aborted' }));
}

/**
 * Whether a content type is JSON; parameters such as a charset are allowed, as the body's own bytes decide.
 *
 * @param header the value of `Content-Type`
 */
export function isJson(header: string | undefined): boolean {
  return header === 'application/json' || /^application\/json\s*(;|$)/i.test(header?.trim() ?? '');
}

/**
 * Decodes a body.
 *
 * @returns the value; or why there is none, without a quotation: a body may hold secrets
 */
export function decodeJson(body: Buffer): { value: unknown } | { problem: string } {
  if (body.length === 0) return { problem: 'the body is empty; send an AdmissionReview' };
  if (!isUtf8(body)) return { problem: 'the body is not UTF-8; encode the AdmissionReview in UTF-8' };
  const text = body.toString('utf8');
  try {
    return { value: JSON.parse(text) };
  } catch (error) {
    return { problem: `the body is not valid JSON: ${describeError(error, text)}` };
  }
}

function describeError(error: unknown, text: string): string {
  const message = error instanceof Error ? error.message : '';
  if (message === 'Unexpected end of JSON input') return `it ends too early, at position ${text.length}`;
  const known = /^(?<what>[^"]*?)(?: in JSON)? at position (?<position>\d+)/.exec(message)?.groups;
  if (known) return `${known['what']} at position ${known['position']}`;
  // V8 quotes the text around an unexpected token instead of saying where it is
  return `unexpected token at position ${findUnexpectedToken(text)}`;
}
