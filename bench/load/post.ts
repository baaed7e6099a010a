/** Sends one review to a webhook, as the API server would. */
import { Agent, request } from 'node:https';

/** @param ca of the server's certificate; any is accepted without it */
export async function post(
  url: string,
  body: string,
  ca: string | undefined,
): Promise<{ status: number; text: string }> {
  const agent = new Agent(ca === undefined ? { rejectUnauthorized: false } : { ca });
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
    request(url, { method: 'POST', agent, headers }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        text += chunk;
      });
      response.on('error', reject);
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
    })
      .on('error', reject)
      .end(body);
  });
}
