/**
 * Requests to the API server, lists and watches among them: what the client library authenticates, over connections that are watched
 * here. Its own watch swallows what a callback throws and hides the body of an error, and it makes an agent for each request.
 */
import type { IncomingMessage } from 'node:http';
import { Agent, request as httpsRequest, type RequestOptions } from 'node:https';
import type { KubeConfig } from './kube-config.ts';

/** An answer other than 2xx. */
export class ApiError extends Error {
  override name = 'ApiError';
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

export interface ApiRequest {
  query?: Record<string, string> | undefined;
  body?: unknown;
  contentType?: string;
  signal: AbortSignal;
}

export interface StreamRequest {
  query?: Record<string, string> | undefined;
  signal: AbortSignal;
  /** Milliseconds until the answer must begin. */
  answerWithin: number;
  /** Called when it begins. */
  onOpen?: () => void;
}

export interface KubeApi {
  /**
   * Sends a request and reads the whole answer.
   *
   * @throws ApiError for an answer other than 2xx, and Node's own errors
   */
  send(method: 'GET' | 'POST' | 'PATCH', path: string, request: ApiRequest): Promise<unknown>;
  /** Reads an answer that has a JSON object on each line, for as long as it goes on. Half a line at a cut end is dropped. */
  stream(path: string, request: StreamRequest): AsyncGenerator<unknown>;
}

/** An answer of more is no list page and no profile. */
const maxAnswer = 64 * 1024 * 1024;

/** Makes requests to the cluster of the current context. */
export function createKubeApi(config: KubeConfig): KubeApi {
  const keepAlive = new Agent({ keepAlive: true, maxSockets: 4 });
  const open = async (method: string, path: string, request: ApiRequest, reuse: boolean): Promise<IncomingMessage> => {
    const cluster = config.getCurrentCluster();
    if (!cluster) throw new Error('no cluster to talk to');
    const url = new URL(cluster.server.replace(/\/$/, '') + path);
    for (const [key, value] of Object.entries(request.query ?? {})) url.searchParams.set(key, value);
    const payload = request.body === undefined ? undefined : JSON.stringify(request.body);
    const options: RequestOptions = {};
    await config.applyToHTTPSOptions(options);
    // a list or watch on a connection of its own cannot inherit one that died unseen
    if (reuse && !cluster.proxyUrl) options.agent = keepAlive;
    options.method = method;
    options.signal = request.signal;
    options.headers = {
      ...options.headers,
      accept: 'application/json',
      'user-agent': 'permafrost',
      ...(payload !== undefined && {
        'content-type': request.contentType ?? 'application/json',
        'content-length': Buffer.byteLength(payload),
      }),
    };
    return new Promise((resolve, reject) => {
      httpsRequest(url, options, resolve)
        // a peer that vanished is noticed in about 15 s: after the delay, Node asks ten times, a second apart
        .on('socket', (socket) => socket.setKeepAlive(true, 5_000))
        .on('error', reject)
        .end(payload);
    });
  };

  return {
    async send(method, path, request) {
      const response = await open(method, path, request, method !== 'GET');
      const text = await readAll(response);
      if (!isSuccess(response)) throw toError(response, text);
      return JSON.parse(text);
    },
    async *stream(path, request) {
      const opening = new AbortController();
      const timer = setTimeout(() => opening.abort(new Error('no answer in time')), request.answerWithin);
      const signal = AbortSignal.any([request.signal, opening.signal]);
      const response = await open('GET', path, { ...request, signal }, false).finally(() => clearTimeout(timer));
      if (!isSuccess(response)) throw toError(response, await readAll(response));
      request.onOpen?.();
      let rest = '';
      response.setEncoding('utf8');
      for await (const chunk of response as AsyncIterable<string>) {
        const lines = (rest + chunk).split('\n');
        rest = lines.pop() ?? '';
        for (const line of lines) if (line.trim() !== '') yield JSON.parse(line);
      }
    },
  };
}

function isSuccess({ statusCode = 0 }: IncomingMessage): boolean {
  return statusCode >= 200 && statusCode < 300;
}

async function readAll(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > maxAnswer) throw new Error(`an answer of more than ${maxAnswer} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, length).toString('utf8');
}

/** A `Status` says it best; a proxy in between answers whatever it likes. */
function toError({ statusCode = 0 }: IncomingMessage, text: string): ApiError {
  let message = text.slice(0, 300);
  try {
    const status = JSON.parse(text) as { message?: unknown };
    if (typeof status.message === 'string') message = status.message.slice(0, 1000);
  } catch {
    // not JSON: the text as it is
  }
  return new ApiError(statusCode, message || `HTTP ${statusCode}`);
}
