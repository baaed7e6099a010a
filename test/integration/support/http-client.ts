import { Agent, request } from 'node:https';

export interface HttpResponse {
  status: number;
  text: string;
  /** What the API server says in `Warning` headers; kubectl prints these. */
  warnings: string[];
}

export interface HttpClient {
  (method: string, path: string, body?: unknown, contentType?: string): Promise<HttpResponse>;
  close(): void;
}

/**
 * Makes a client for one server that keeps its connections: a kubectl would take 50 ms for each request.
 *
 * @param options.ca PEM of the authority to trust
 */
export function createHttpClient(options: {
  url: string;
  token?: string;
  ca?: string;
  /** PEM of the certificate and the key to log in with. */
  cert?: string;
  key?: string;
}): HttpClient {
  const { url: _, token: __, ...tls } = options;
  const agent = new Agent({ keepAlive: true, maxSockets: 8, ...tls });
  const send = (method: string, path: string, body?: unknown, contentType = 'application/json') =>
    new Promise<HttpResponse>((resolve, reject) => {
      const payload = body === undefined ? undefined : JSON.stringify(body);
      const headers = {
        ...(options.token !== undefined && { Authorization: `Bearer ${options.token}` }),
        ...(payload !== undefined && { 'Content-Type': contentType, 'Content-Length': Buffer.byteLength(payload) }),
      };
      request(new URL(path, options.url), { method, headers, agent }, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            text: Buffer.concat(chunks).toString(),
            warnings: (response.headersDistinct['warning'] ?? []).map(readWarning),
          }),
        );
      })
        .on('error', reject)
        .end(payload);
    });
  return Object.assign(send, { close: () => agent.destroy() });
}

/** Makes a function that sends a request as `client` does, but takes anything else than a success for an error. */
export function createCall(client: HttpClient) {
  return async <T = Record<string, unknown>>(
    method: string,
    path: string,
    body?: unknown,
    contentType?: string,
  ): Promise<T> => {
    const { status, text } = await client(method, path, body, contentType);
    if (status >= 200 && status < 300) return JSON.parse(text) as T;
    throw new Error(`${method} ${path} gave ${status}: ${text}`);
  };
}

/** `299 - "text"`, with quotes and backslashes in the text escaped: https://www.rfc-editor.org/rfc/rfc7234#section-5.5 */
function readWarning(header: string): string {
  return header.replace(/^\d+ \S+ "(.*)"$/s, '$1').replace(/\\(.)/g, '$1');
}
