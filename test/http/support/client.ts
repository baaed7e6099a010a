/** A client that shows what is on the wire. */

import { once } from 'node:events';
import type { IncomingHttpHeaders } from 'node:http';
import { type Agent, request } from 'node:https';
import { connect, type TLSSocket } from 'node:tls';
import type { PatchOperation } from '../../../src/harden/patch.ts';
import type { Webhook } from './webhook.ts';

export interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  text: string;
  // biome-ignore lint/suspicious/noExplicitAny: a test knows what it expects
  json: any;
}

export interface Call {
  method?: string;
  path?: string;
  headers?: Record<string, string>;
  body?: string | Buffer;
  agent?: Agent;
}

type Place = Pick<Webhook, 'port' | 'ca'>;

/** Sends one request and reads the whole answer; a connection that breaks after the answer has begun is no failure. */
export function call(
  { port, ca }: Place,
  { method = 'POST', path = '/mutate/enforce', headers, body, agent }: Call,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const outgoing = request(
      {
        host: '127.0.0.1',
        port,
        ca,
        method,
        path,
        headers: { 'content-type': 'application/json', ...headers },
        ...(agent && { agent }),
      },
      (incoming) => {
        outgoing.off('error', reject).on('error', () => {});
        let text = '';
        incoming.setEncoding('utf8');
        incoming.on('data', (chunk: string) => {
          text += chunk;
        });
        incoming.on('error', reject);
        incoming.on('end', () => {
          const isJson = incoming.headers['content-type'] === 'application/json';
          resolve({
            status: incoming.statusCode ?? 0,
            headers: incoming.headers,
            text,
            json: isJson ? JSON.parse(text) : undefined,
          });
        });
      },
    );
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

export function review(webhook: Place, body: unknown, path = '/mutate/enforce', agent?: Agent): Promise<Answer> {
  return call(webhook, { path, body: typeof body === 'string' ? body : JSON.stringify(body), ...(agent && { agent }) });
}

/** A connection on which a test writes what it wants. */
export async function rawConnection({
  port,
  ca,
}: Place): Promise<TLSSocket & { received(): string; whenClosed: Promise<void> }> {
  const socket = connect({ host: '127.0.0.1', port, ca, servername: 'localhost' });
  await once(socket, 'secureConnect');
  let text = '';
  socket.setEncoding('utf8');
  socket.on('data', (chunk: string) => {
    text += chunk;
  });
  socket.on('error', () => {});
  const closed = new Promise<void>((resolve) => socket.on('close', () => resolve()));
  return Object.assign(socket, { received: () => text, whenClosed: closed });
}

/** The patch of an answer, decoded. */
export function patchOf(answer: Answer): PatchOperation[] {
  const patch: unknown = answer.json?.response?.patch;
  return typeof patch === 'string' ? JSON.parse(Buffer.from(patch, 'base64').toString('utf8')) : [];
}
