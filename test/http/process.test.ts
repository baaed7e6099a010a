/** The program itself, as a cluster runs it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { Agent } from 'node:https';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { parse } from 'yaml';
import { createSelfSigned } from '../../src/tls/self-signed.ts';
import { call, rawConnection, review } from './support/client.ts';
import { nginxPod, reviewOf } from './support/reviews.ts';

const program = fileURLToPath(new URL('../../src/bin.ts', import.meta.url));
// each test starts the program, up to three times; on a machine that does much else at once a start takes ten seconds
vi.setConfig({ testTimeout: 120_000 });

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'permafrost-serve-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const children: ChildProcess[] = [];
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

interface Run {
  child: ChildProcess;
  stdout(): string;
  stderr(): string;
  exit: Promise<number | null>;
}

function run(args: string[], env: Record<string, string> = {}): Run {
  const child = spawn(process.execPath, [program, ...args], {
    env: { PATH: process.env['PATH'], ...env },
    stdio: 'pipe',
  });
  children.push(child);
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk) => {
    stdout += chunk;
  });
  child.stderr.on('data', (chunk) => {
    stderr += chunk;
  });
  const exit = once(child, 'close').then(([code]) => code as number | null);
  return { child, stdout: () => stdout, stderr: () => stderr, exit };
}

async function untilPrinted(server: Run, text: string): Promise<void> {
  while (!server.stdout().includes(text)) {
    if (server.child.exitCode !== null) throw new Error(server.stderr());
    await sleep(20);
  }
}

async function serving(args: string[] = [], env: Record<string, string> = {}) {
  const server = run(['serve', '--self-signed', '--port', '0', '--metrics-port', '0', ...args], env);
  await untilPrinted(server, 'caBundle: ');
  const { url, metrics, caBundle } = parse(server.stdout()) as { url: string; metrics: string; caBundle: string };
  const place = { port: Number(new URL(url).port), ca: Buffer.from(caBundle, 'base64').toString() };
  return { ...server, place, metrics };
}

const head = 'POST /mutate/enforce HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n';

describe('permafrost serve', () => {
  test('prints where it listens, serves, and ends with 0 on SIGTERM while a review is in flight and a second SIGTERM comes', async () => {
    const server = await serving();
    expect((await call(server.place, { method: 'GET', path: '/readyz' })).status).toBe(200);
    expect((await call(server.place, { method: 'GET', path: '/healthz' })).text).toBe('ok\n');
    const body = JSON.stringify(reviewOf(nginxPod));
    const socket = await rawConnection(server.place);
    socket.write(`${head}Content-Length: ${body.length}\r\n\r\n${body.slice(0, 20)}`);
    await sleep(100);
    server.child.kill('SIGTERM');
    await sleep(100);
    server.child.kill('SIGTERM');
    await sleep(100);
    socket.write(body.slice(20));
    await socket.whenClosed;
    expect(socket.received()).toContain('HTTP/1.1 200 OK');
    expect(socket.received()).toContain('"patchType":"JSONPatch"');
    expect(await server.exit).toBe(0);
    expect(server.stderr()).toContain('"msg":"stopped"');
  });

  test('stays for the shutdown delay, not ready, and answers', async () => {
    const server = await serving(['--shutdown-delay', '1']);
    server.child.kill('SIGTERM');
    await sleep(200);
    expect((await call(server.place, { method: 'GET', path: '/readyz' })).status).toBe(503);
    expect((await review(server.place, reviewOf(nginxPod))).json.response.allowed).toBe(true);
    expect(await server.exit).toBe(0);
  });

  // in a process of its own: the client must send its next review while the server is still at its turn
  test.each([
    ['long reviews, on one connection each', 100, 1500, 32],
    ['short reviews with long answers, each the last on its connection', 300, 0, 32 * 8],
  ])('loses nothing of many clients: %s', async (_name, count, padding, connections) => {
    const server = await serving();
    const containers = Array.from({ length: count }, (_, index) => ({
      name: `c${index}`,
      image: 'nginx',
      ...(padding > 0 && { env: [{ name: 'A', value: 'x'.repeat(padding) }] }),
    }));
    const body = JSON.stringify(reviewOf({ metadata: { name: 'x' }, spec: { containers } }));
    expect(body.length > 32 * 1024).toBe(padding > 0);
    let opened = 0;
    const client = async () => {
      const agent = new Agent({ keepAlive: true, maxSockets: 1 });
      const connect = agent.createConnection.bind(agent);
      agent.createConnection = (...args) => {
        opened++;
        return connect(...args);
      };
      for (let index = 0; index < 8; index++) {
        const { status, text } = await review(server.place, body, '/mutate/enforce', agent);
        expect(status).toBe(200);
        expect(text.length).toBeGreaterThan(64 * 1024);
      }
      agent.destroy();
    };
    await Promise.all(Array.from({ length: 32 }, client));
    expect(opened).toBe(connections);
  });

  test('serves its metrics on a port of their own, and nothing else there', async () => {
    const server = await serving(['--own-namespace', 'ours']);
    await review(server.place, reviewOf(nginxPod, { namespace: 'ours' }));
    const response = await fetch(server.metrics);
    expect(response.headers.get('content-type')).toContain('text/plain');
    expect(await response.text()).toContain('permafrost_reviews_total{mode="enforce",outcome="left-alone"} 1');
    expect((await fetch(new URL('/healthz', server.metrics))).status).toBe(404);
    expect((await fetch(server.metrics, { method: 'POST' })).status).toBe(405);
    expect((await call(server.place, { method: 'GET', path: '/metrics' })).status).toBe(404);
    server.child.kill('SIGINT');
    expect(await server.exit).toBe(0);
  });

  test('takes its own namespace from the environment of its pod', async () => {
    const server = await serving([], { POD_NAMESPACE: 'elsewhere' });
    const answer = await review(server.place, reviewOf(nginxPod, { namespace: 'elsewhere' }));
    expect(answer.json.response.patch).toBeUndefined();
    expect(answer.json.response.auditAnnotations['left-alone']).toContain('elsewhere');
  });

  test('uses the files that it is given, and a --host is in the self-signed certificate', async () => {
    const made = await createSelfSigned(['webhook.example'], new Date());
    const [cert, key, caFile] = [join(folder, 'tls.crt'), join(folder, 'tls.key'), join(folder, 'ca.pem')];
    writeFileSync(cert, made.cert);
    writeFileSync(key, made.key);
    const server = run(['serve', '--port', '0', '--metrics-port', '0', '--tls-cert', cert, '--tls-key', key]);
    await untilPrinted(server, 'metrics: ');
    expect(server.stdout()).not.toContain('caBundle');
    const { url } = parse(server.stdout()) as { url: string };
    const place = { port: Number(new URL(url).port), ca: made.ca };
    expect((await review(place, reviewOf(nginxPod))).json.response.allowed).toBe(true);

    const other = await serving(['--host', 'webhook.example', '--ca-file', caFile]);
    expect(other.stderr()).toContain(
      'DNS:localhost, IP Address:127.0.0.1, IP Address:0:0:0:0:0:0:0:1, DNS:webhook.example',
    );
  });
});

describe('settings that cannot work end with 2, and say what to do', () => {
  const file = (name: string, text: string): string => {
    const path = join(folder, name);
    writeFileSync(path, text);
    return path;
  };
  test.each([
    ['no certificate', [], '--self-signed to try things out'],
    ['half a certificate', ['--tls-cert', 'x'], '--tls-key is missing'],
    ['two kinds of certificate', ['--self-signed', '--tls-cert', 'x'], 'leave out --tls-cert and --tls-key'],
    ['a certificate that is not there', ['--tls-cert', '/none.crt', '--tls-key', '/none.key'], '/none.crt'],
    ['--host without --self-signed', ['--host', 'x'], 'belong to --self-signed'],
    ['a port that is none', ['--self-signed', '--port', '70000'], 'A port is a number from 0 to 65535'],
    ['a level that is none', ['--self-signed', '--log-level', 'loud'], 'Allowed choices are debug, info'],
    ['a delay that is none', ['--self-signed', '--shutdown-delay', '5s'], 'a number of seconds'],
    ['a policy that is not there', ['--self-signed', '--policy', '/none.yaml'], '/none.yaml'],
    ['profiles that are not there', ['--self-signed', '--profiles', '/none'], '/none'],
    [
      'an address of another machine',
      ['--self-signed', '--port', '0', '--metrics-port', '0', '--address', '192.0.2.1'],
      '--address 192.0.2.1',
    ],
  ])('%s', async (_name, args, message) => {
    const server = run(['serve', ...args]);
    expect(await server.exit).toBe(2);
    expect(server.stderr()).toContain(message);
    expect(server.stdout()).toBe('');
  });

  test('a policy with a mistake is named with its place', async () => {
    const policy = file(
      'policy.yaml',
      'apiVersion: permafrost.dev/v1alpha1\nkind: Policy\nspec:\n  unknownImages: maybe\n',
    );
    const server = run(['serve', '--self-signed', '--policy', policy]);
    expect(await server.exit).toBe(2);
    expect(server.stderr()).toContain(`${policy}:4:`);
  });

  test('a port that is taken', async () => {
    const blocker = createServer().listen(0);
    await once(blocker, 'listening');
    const port = String((blocker.address() as AddressInfo).port);
    for (const flags of [
      ['--port', port, '--metrics-port', '0'],
      ['--port', '0', '--metrics-port', port],
    ]) {
      const server = run(['serve', '--self-signed', ...flags]);
      expect(await server.exit).toBe(2);
      expect(server.stderr()).toMatch(new RegExp(`port ${port} is taken; choose another one with --(metrics-)?port`));
    }
    blocker.close();
  });
});
