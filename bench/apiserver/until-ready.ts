import { get as getPlain } from 'node:http';
import { get as getSecure } from 'node:https';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Running } from '../processes/run.ts';

/** Asks until the answer is 200. */
export async function untilReady(name: string, running: Running, url: string, ca?: string): Promise<void> {
  const deadline = performance.now() + 120_000;
  while ((await statusOf(url, ca)) !== 200) {
    if (!running.isRunning()) throw new Error(`${name} ended before it was ready`);
    if (performance.now() > deadline) throw new Error(`${name} is not ready after 120 s`);
    await sleep(2);
  }
}

function statusOf(url: string, ca: string | undefined): Promise<number | undefined> {
  const get = url.startsWith('https:') ? getSecure : getPlain;
  const trust = ca === undefined ? { rejectUnauthorized: false } : { ca };
  return new Promise((resolve) => {
    get(url, { agent: false, timeout: 5_000, ...trust }, (response) => {
      response.resume();
      response.on('end', () => resolve(response.statusCode));
    }).on('error', () => resolve(undefined));
  });
}
