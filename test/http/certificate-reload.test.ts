import { mkdir, mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { Agent } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect } from 'node:tls';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { replaceCertificate } from '../../src/http/server.ts';
import { type CertificateWatch, readCertificate, watchCertificate } from '../../src/tls/certificate-files.ts';
import { createSelfSigned, type SelfSigned } from '../../src/tls/self-signed.ts';
import { review } from './support/client.ts';
import { nginxPod, reviewOf } from './support/reviews.ts';
import { startWebhook, type Webhook } from './support/webhook.ts';

let folder: string;
let first: SelfSigned;
let second: SelfSigned;
let webhook: Webhook;
let watch: CertificateWatch | undefined;
let problems: string[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'permafrost-tls-'));
  [first, second] = await Promise.all([createSelfSigned([], new Date()), createSelfSigned([], new Date())]);
  webhook = await startWebhook({ certificate: first });
  problems = [];
});
afterEach(async () => {
  watch?.stop();
  await webhook.close();
  await rm(folder, { recursive: true });
});

/** As the kubelet does: a folder for each state, and a link that is swapped. */
async function putSecret(state: string, { cert, key }: { cert: string; key: string }): Promise<void> {
  await mkdir(join(folder, state));
  await writeFile(join(folder, state, 'tls.crt'), cert);
  await writeFile(join(folder, state, 'tls.key'), key);
  await symlink(state, join(folder, 'next'));
  await rename(join(folder, 'next'), join(folder, '..data'));
}

async function startWatch(): Promise<void> {
  const files = { certFile: join(folder, '..data/tls.crt'), keyFile: join(folder, '..data/tls.key') };
  const result = await readCertificate(files);
  if ('problem' in result) throw new Error(result.problem);
  const onChange = (next: typeof result.certificate) => {
    replaceCertificate(webhook.server, next);
    webhook.metrics.setCertificateExpiry(next.notAfter);
  };
  watch = watchCertificate(files, result.certificate, 20, onChange, (problem) => problems.push(problem));
}

async function isServed({ ca }: SelfSigned): Promise<boolean> {
  const socket = connect({ host: '127.0.0.1', port: webhook.port, ca, servername: 'localhost' });
  return new Promise((resolve) => {
    socket.on('secureConnect', () => resolve(true));
    socket.on('error', () => resolve(false));
  }).finally(() => socket.destroy()) as Promise<boolean>;
}

test('a new certificate is taken up under load, and no review fails', async () => {
  await putSecret('1', first);
  await startWatch();
  const ca = `${first.ca}${second.ca}`;
  let answered = 0;
  let isOver = false;
  const client = async (agent: Agent): Promise<void> => {
    while (!isOver) {
      const answer = await review({ port: webhook.port, ca }, reviewOf(nginxPod), '/mutate/enforce', agent);
      expect(answer.json.response.allowed).toBe(true);
      answered++;
    }
    agent.destroy();
  };
  const clients = [true, true, false, false].map((keepAlive) => client(new Agent({ keepAlive, maxCachedSessions: 0 })));
  for (let round = 2; round <= 7; round++) {
    const next = round % 2 === 0 ? second : first;
    await putSecret(String(round), next);
    while (!(await isServed(next))) await sleep(20);
    expect(await isServed(round % 2 === 0 ? first : second)).toBe(false);
  }
  isOver = true;
  await Promise.all(clients);
  expect(answered).toBeGreaterThan(20);
  expect(problems).toEqual([]);
});

test.each([
  [
    'a key of another certificate',
    () => ({ cert: second.cert, key: first.key }),
    'certificate and key do not belong together',
  ],
  [
    'a certificate that is half written',
    () => ({ cert: second.cert.slice(0, 300), key: second.key }),
    'the certificate cannot be read',
  ],
  ['a key that is half written', () => ({ cert: second.cert, key: second.key.slice(0, 60) }), 'the key cannot be read'],
  ['empty files', () => ({ cert: '', key: '' }), 'the certificate cannot be read'],
])(
  '%s: the last good pair stays, the log says what is wrong once, and the next good pair is taken',
  async (_name, bad, problem) => {
    await putSecret('1', first);
    await startWatch();
    await putSecret('2', bad());
    while (problems.length === 0) await sleep(10);
    await sleep(100);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(problem);
    expect(problems[0]).toContain('tls.crt');
    expect(problems[0]).not.toContain('PRIVATE KEY');
    expect(await isServed(first)).toBe(true);
    await putSecret('3', second);
    while (!(await isServed(second))) await sleep(10);
  },
);

test('files that disappear leave the last good pair', async () => {
  await putSecret('1', first);
  await startWatch();
  await rm(join(folder, '1'), { recursive: true });
  while (problems.length === 0) await sleep(10);
  expect(problems[0]).toContain('ENOENT');
  expect(await isServed(first)).toBe(true);
});

test('the metric says when the certificate in use expires', async () => {
  const in30Days = await createSelfSigned([], new Date(Date.now() - 335 * 24 * 60 * 60 * 1000));
  await putSecret('1', first);
  await startWatch();
  await putSecret('2', in30Days);
  while (!(await isServed(in30Days))) await sleep(10);
  const text = await webhook.metrics.registry.metrics();
  const seconds = Number(/^permafrost_certificate_expiry_timestamp_seconds (\S+)$/m.exec(text)?.[1]);
  expect(seconds * 1000 - Date.now()).toBeGreaterThan(29 * 24 * 60 * 60 * 1000);
  expect(seconds * 1000 - Date.now()).toBeLessThan(31 * 24 * 60 * 60 * 1000);
});
