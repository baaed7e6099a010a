import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { createSelfSigned, type SelfSigned } from '../tls/self-signed.ts';
import { main } from './main.ts';

let folder: string;
let made: SelfSigned;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'permafrost-webhook-config-'));
  made = await createSelfSigned([], new Date());
  writeFileSync(join(folder, 'ca.pem'), made.ca);
  writeFileSync(join(folder, 'both.pem'), `${made.ca}${made.key}`);
  writeFileSync(join(folder, 'empty'), '');
});
afterAll(() => rmSync(folder, { recursive: true }));

async function run(args: string[], env: Record<string, string> = {}) {
  const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()];
  const code = await main(['webhook-config', ...args], {
    stdin,
    stdout,
    stderr,
    env,
    shutdown: new AbortController().signal,
  });
  return { code, stdout: String(stdout.read() ?? ''), stderr: String(stderr.read() ?? '') };
}

test('prints a webhook for each mode', async () => {
  const { code, stdout } = await run([
    '--service',
    'permafrost-system/permafrost',
    '--ca-bundle',
    join(folder, 'ca.pem'),
  ]);
  expect(code).toBe(0);
  expect(stdout).not.toMatch(/[&*]a\d/); // no YAML anchors
  const configuration = parse(stdout);
  expect(configuration).toMatchObject({
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'MutatingWebhookConfiguration',
    metadata: { name: 'permafrost' },
  });
  const { webhooks } = configuration;
  expect(webhooks.map(({ name }: { name: string }) => name)).toEqual([
    'audit.permafrost.dev',
    'warn.permafrost.dev',
    'enforce.permafrost.dev',
  ]);
  expect(webhooks[2]).toMatchObject({
    clientConfig: {
      service: { namespace: 'permafrost-system', name: 'permafrost', port: 443, path: '/mutate/enforce' },
      caBundle: Buffer.from(made.ca).toString('base64'),
    },
    namespaceSelector: {
      matchLabels: { 'permafrost.dev/mode': 'enforce' },
      matchExpressions: [
        { key: 'kubernetes.io/metadata.name', operator: 'NotIn', values: ['kube-system', 'permafrost-system'] },
      ],
    },
    matchPolicy: 'Equivalent',
    reinvocationPolicy: 'IfNeeded',
    sideEffects: 'None',
    admissionReviewVersions: ['v1'],
    timeoutSeconds: 5,
  });
});

test('only enforce may stand in the way', async () => {
  const policies = async (args: string[]) => {
    const { stdout } = await run(['--url', 'https://localhost:8443', '-o', 'json', ...args]);
    return JSON.parse(stdout).webhooks.map((webhook: { failurePolicy: string }) => webhook.failurePolicy);
  };
  expect(await policies([])).toEqual(['Ignore', 'Ignore', 'Fail']);
  expect(await policies(['--failure-policy', 'Ignore'])).toEqual(['Ignore', 'Ignore', 'Ignore']);
});

test.each([
  ['https://localhost:8443', 'https://localhost:8443/mutate/audit'],
  ['https://localhost:8443/', 'https://localhost:8443/mutate/audit'],
  ['https://gateway.example/permafrost/', 'https://gateway.example/permafrost/mutate/audit'],
  ['https://[::1]:8443', 'https://[::1]:8443/mutate/audit'],
])('the URL %s becomes %s', async (url, expected) => {
  const { stdout } = await run(['--url', url, '--own-namespace', 'ours', '--timeout', '30']);
  const [webhook] = parse(stdout).webhooks;
  expect(webhook.clientConfig).toEqual({ url: expected });
  expect(webhook.timeoutSeconds).toBe(30);
  expect(webhook.namespaceSelector.matchExpressions[0].values).toEqual(['kube-system', 'ours']);
});

test('the caBundle may be what serve --self-signed prints', async () => {
  const caBundle = Buffer.from(made.ca).toString('base64');
  const { stdout } = await run(['--service', 'a/b:8443', '--ca-bundle', caBundle]);
  expect(parse(stdout).webhooks[0].clientConfig).toMatchObject({ caBundle, service: { port: 8443 } });
});

describe('input that makes no sense ends with 2, and says what to do', () => {
  test.each([
    [[], 'Give --url https://host:port or --service namespace/name'],
    [['--url', 'https://a', '--service', 'a/b'], 'exclude each other'],
    [['--url', 'localhost:8443'], 'https://'],
    [['--url', 'nonsense'], 'is no URL'],
    [['--url', 'http://a'], 'calls https:// only'],
    [['--url', 'https://user:secret@a'], 'no user'],
    [['--url', 'https://a/?x=1'], 'query'],
    [['--service', 'permafrost'], 'must be namespace/name'],
    [['--service', 'a/b:0'], 'must be namespace/name'],
    [['--service', 'a/b:65536'], 'must be namespace/name'],
    [['--service', 'A/b'], 'must be namespace/name'],
    [['--url', 'https://a', '--ca-bundle', 'nonsense'], 'neither a file nor the base64'],
    [['--url', 'https://a', '--ca-bundle', 'EMPTY'], 'holds no certificate'],
    [['--url', 'https://a', '--ca-bundle', 'BOTH'], 'private key'],
    [['--url', 'https://a', '--ca-bundle', '/'], '--ca-bundle'],
    [['--url', 'https://a', '--timeout', '0'], 'from 1 to 30'],
    [['--url', 'https://a', '--timeout', '31'], 'from 1 to 30'],
    [['--url', 'https://a', '--failure-policy', 'Maybe'], 'Fail, Ignore'],
    [['--url', 'https://a', '--own-namespace', 'No'], '--own-namespace "No"'],
  ])('%j', async (args, message) => {
    const files: Record<string, string> = { EMPTY: join(folder, 'empty'), BOTH: join(folder, 'both.pem') };
    const { code, stdout, stderr } = await run(args.map((arg) => files[arg] ?? arg));
    expect(code).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toContain(message);
    expect(stderr).not.toContain('PRIVATE KEY');
  });
});
