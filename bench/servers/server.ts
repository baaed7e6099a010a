/** A webhook that runs as a process of its own. */
import { openSync } from 'node:fs';
import { request } from 'node:https';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { findFreePorts } from '../../test/integration/support/free-ports.ts';
import { type Running, start } from '../processes/run.ts';
import type { Workspace } from '../workspace.ts';

export interface WebhookServer extends Running {
  name: string;
  /** Where reviews go. */
  url: string;
  /** Milliseconds from its start to its first answer that says that it is ready. */
  readyAfter: number;
}

export interface ServerCommand {
  name: string;
  /** @param port to listen on */
  command: (port: number) => string[];
  env?: Record<string, string>;
  path: string;
  readyPath: string;
}

/** Starts it with its output in a log, and waits until it is ready. */
export async function startServer(
  { name, command, env, path, readyPath }: ServerCommand,
  space: Workspace,
): Promise<WebhookServer> {
  const [port = 0] = await findFreePorts(1);
  const log = openSync(space.file(`${name.replaceAll(/\W+/g, '-')}-${port}.log`), 'a');
  const started = performance.now();
  const running = start(command(port), {
    env: { PATH: process.env['PATH'], ...env },
    stdio: ['ignore', 'ignore', log],
  });
  const url = `https://127.0.0.1:${port}`;
  while (!(await isReady(`${url}${readyPath}`, space.tls.ca))) {
    if (!running.isRunning()) throw new Error(`${name} ended before it was ready; its log is in ${space.folder}`);
    if (performance.now() - started > 60_000)
      throw new Error(`${name} is not ready after 60 s; its log is in ${space.folder}`);
    await sleep(2);
  }
  return { ...running, name, url: `${url}${path}`, readyAfter: performance.now() - started };
}

function isReady(url: string, ca: string): Promise<boolean> {
  return new Promise((resolve) => {
    request(url, { ca, agent: false, timeout: 5_000 }, (response) => {
      response.resume();
      response.on('end', () => resolve(response.statusCode === 200));
    })
      .on('error', () => resolve(false))
      .end();
  });
}

/** One of the servers of this folder, which take the port, the certificate, its key, and maybe more. */
function nodeServer(name: string, file: string, { tls }: Workspace, ...more: string[]): ServerCommand {
  const program = fileURLToPath(new URL(file, import.meta.url));
  return {
    name,
    command: (port) => [process.execPath, program, String(port), tls.certFile, tls.keyFile, ...more],
    path: '/mutate/enforce',
    readyPath: '/readyz',
  };
}

export function bareServer(space: Workspace): ServerCommand {
  return nodeServer('bare Node', 'bare.ts', space);
}

export function constantPatchServer(space: Workspace, answerFile: string): ServerCommand {
  return nodeServer('constant patch', 'bare.ts', space, answerFile);
}

export function expressServer(space: Workspace): ServerCommand {
  return nodeServer('express', 'express.ts', space);
}
