/** Load by wrk: one thread of C for all, so that the client takes little and the same from every candidate. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { runToEnd } from '../processes/run.ts';

const tool = fileURLToPath(new URL('../tools/wrk', import.meta.url));
const script = fileURLToPath(new URL('load.lua', import.meta.url));

export interface Target {
  url: string;
  /** A file with a body on each line; they are sent in turn. */
  bodies: string;
  headers?: Record<string, string>;
}

/** What came of one round. */
export interface LoadResult {
  /** On a machine that does much else there may be none in a second, as connections shake hands first. */
  requests: number;
  perSecond: number;
  /** Of the answers, headers included, on average: an answer that changes its size is not the one that was checked. */
  bytesPerAnswer: number;
  /** Milliseconds. */
  p50: number;
  p99: number;
  /** Broken connections, and answers with a status from 400 up. */
  errors: number;
}

let program: string | undefined;

/** Where wrk is; installs it if it must. */
export function findWrk(): string {
  if (program) return program;
  const { status, stdout } = spawnSync(tool, { stdio: ['ignore', 'pipe', 'inherit'], encoding: 'utf8' });
  if (status !== 0) throw new Error(`there is no wrk to measure with: ${tool} ended with ${status}, see above`);
  program = stdout.trim();
  return program;
}

/** Sends as much as `connections` connections can for some seconds; each waits for its answer before it sends the next. */
export async function load(
  { url, bodies, headers = {} }: Target,
  connections: number,
  seconds: number,
): Promise<LoadResult> {
  const flags = ['--threads', '1', '--connections', String(connections), '--duration', `${seconds}s`];
  const sent = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  const { stdout } = await runToEnd([
    findWrk(),
    ...flags,
    '--timeout',
    '10s',
    '--script',
    script,
    url,
    '--',
    bodies,
    ...sent,
  ]);
  const line = stdout.split('\n').find((text) => text.startsWith('{'));
  if (!line) throw new Error(`wrk gave no result for ${url}:\n${stdout}`);
  const {
    requests = 0,
    bytes = 0,
    microseconds = Number.NaN,
    p50,
    p99,
    errors,
    timeouts,
  } = JSON.parse(line) as Record<string, number>;
  return {
    requests,
    perSecond: requests / (microseconds / 1e6),
    bytesPerAnswer: bytes / requests,
    p50: (p50 ?? 0) / 1000,
    p99: (p99 ?? 0) / 1000,
    errors: (errors ?? 0) + (timeouts ?? 0),
  };
}
