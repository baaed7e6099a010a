/** A replica of `permafrost serve --manage-certificates`, which may be killed and started again on its port. */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect } from 'node:tls';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { access } from './cluster.ts';

const bundler = fileURLToPath(new URL('../../../scripts/bundle.ts', import.meta.url));
const dieWithParent = new URL('die-with-parent.ts', import.meta.url).href;

export interface ManagedReplica {
  port: number;
  metricsPort: number;
  /** Whether a Service would send it anything: from being ready until it is killed. */
  readonly isInService: boolean;
  /** What it has logged since its last start. */
  log(): Record<string, unknown>[];
  logText(): string;
  /** What `/readyz` says, whoever signed the certificate. */
  readiness(): Promise<{ status: number; text: string }>;
  untilReady(): Promise<void>;
  kill(signal: 'SIGKILL' | 'SIGTERM'): Promise<void>;
  start(): void;
}

/** Bundles the program as the image has it: it starts in a third of the time, and these tests start it often. */
export async function bundle(): Promise<string> {
  const folder = join(access.folder, `permafrost-${process.pid}`);
  await promisify(execFile)(process.execPath, [bundler, folder]);
  return join(folder, 'permafrost.mjs');
}

export function createManagedReplica(program: string, ports: [number, number], args: string[]): ManagedReplica {
  const [port, metricsPort] = ports;
  const file = join(access.folder, `managed-${process.pid}-${port}.log`);
  const flags = ['--manage-certificates', '--address', '127.0.0.1', '--port', String(port), '--log-level', 'debug'];
  const all = ['--import', dieWithParent, program, 'serve', ...flags, '--metrics-port', String(metricsPort), ...args];
  let child: ReturnType<typeof spawn> | undefined;
  let start = 0;
  let isInService = false;
  const replica: ManagedReplica = {
    port,
    metricsPort,
    get isInService() {
      return isInService;
    },
    start() {
      writeFileSync(file, '', { flag: 'a' });
      start = readFileSync(file).length;
      child = spawn(process.execPath, all, { stdio: ['pipe', 'ignore', 'pipe'] });
      child.stderr?.on('data', (data: Buffer) => appendFileSync(file, data));
    },
    async kill(signal) {
      if (!child || child.exitCode !== null || child.signalCode !== null) return;
      const exit = once(child, 'exit');
      isInService = false;
      child.kill(signal);
      await exit;
    },
    logText: () => readFileSync(file).subarray(start).toString(),
    log() {
      const lines = replica.logText().split('\n').slice(0, -1);
      return lines.flatMap((line) => (line.startsWith('{') ? [JSON.parse(line) as Record<string, unknown>] : []));
    },
    readiness: () => getReadiness(port),
    async untilReady() {
      const deadline = Date.now() + 100_000;
      let last: unknown;
      while (Date.now() < deadline) {
        last = await replica.readiness().catch((error: unknown) => error);
        isInService = (last as { status?: number }).status === 200;
        if (isInService) return;
        await sleep(50);
      }
      throw new Error(`not ready after 100 s: ${JSON.stringify(last)}; its log: ${file}`);
    },
  };
  return replica;
}

function getReadiness(port: number): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port, rejectUnauthorized: false }, () => {
      socket.end('GET /readyz HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n');
    });
    let text = '';
    socket.on('data', (data) => {
      text += data;
    });
    socket.on('error', reject);
    socket.on('close', () => {
      const [head = '', body = ''] = text.split('\r\n\r\n');
      resolve({ status: Number(head.split(' ')[1] ?? 0), text: body.trim() });
    });
  });
}

/** @returns the fingerprint of what is served on the port, or why the handshake failed, for somebody who trusts `ca` */
export function shakeHands(port: number, ca: string): Promise<{ certificate: string } | { problem: string }> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port, ca }, () => {
      resolve({ certificate: socket.getPeerCertificate().fingerprint256 });
      socket.destroy();
    });
    socket.setTimeout(20_000, () => socket.destroy(new Error('no handshake in 20 s')));
    socket.on('error', (error: NodeJS.ErrnoException) => resolve({ problem: error.code ?? error.message }));
  });
}
