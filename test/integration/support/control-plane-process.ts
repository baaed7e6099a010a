/**
 * A program, run with the folder of the assets and an empty folder: etcd and kube-apiserver that live as long as its standard input
 * is open. So they end when the test run ends, in whatever way: a crash and SIGKILL close the pipe too. Prints one line of JSON when
 * the API server is ready. The folder is removed at the end, unless `keep` came over standard input or the control plane failed.
 *
 * A test may kill kube-apiserver (its process id is in the file kube-apiserver.pid) and have it started again: by putting a file
 * kube-apiserver.restart there before.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { closeSync, existsSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ClusterAccess } from './cluster-access.ts';
import { findFreePorts } from './free-ports.ts';
import { createHttpClient } from './http-client.ts';

/** Metadata of all pod requests, with the annotations that webhooks add; nothing else. */
const auditPolicy = {
  apiVersion: 'audit.k8s.io/v1',
  kind: 'Policy',
  omitStages: ['RequestReceived'],
  rules: [
    {
      level: 'Metadata',
      resources: [{ resources: ['pods', 'pods/ephemeralcontainers', 'pods/status'] }],
      verbs: ['create', 'update', 'patch'],
    },
    { level: 'None' },
  ],
};

const [assets = '', folder = ''] = process.argv.slice(2);
const file = (name: string) => join(folder, name);
const children: ChildProcess[] = [];
let ending = false;

async function end(outcome: 'remove' | 'keep', exitCode: number): Promise<never> {
  ending = true;
  // nothing in there is worth a graceful stop, and after a crash nobody waits for it
  const running = children.filter(isRunning);
  const exits = running.map((child) => once(child, 'exit'));
  for (const child of running) child.kill('SIGKILL');
  await Promise.all(exits);
  if (outcome === 'remove') rmSync(folder, { recursive: true, force: true });
  process.exit(exitCode);
}

let keep = false;
process.stdin.on('data', (data) => {
  if (String(data).includes('keep')) keep = true;
});
process.stdin.on('end', () => void end(keep ? 'keep' : 'remove', 0));
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => void end('remove', 1));

try {
  process.stdout.write(`${JSON.stringify(await start())}\n`);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
  await end('keep', 1);
}

async function start(): Promise<ClusterAccess> {
  const [etcdPort, peerPort, securePort] = await findFreePorts(3);
  const etcdUrl = `http://127.0.0.1:${etcdPort}`;
  const peerUrl = `http://127.0.0.1:${peerPort}`;
  const url = `https://127.0.0.1:${securePort}`;
  const token = crypto.randomUUID();
  const certificate = file('certificates/apiserver.crt');

  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  writeFileSync(file('service-account.key'), privateKey.export({ type: 'sec1', format: 'pem' }), { mode: 0o600 });
  writeFileSync(file('tokens.csv'), `${token},admin,admin,system:masters\n`, { mode: 0o600 });
  writeFileSync(file('audit-policy.json'), JSON.stringify(auditPolicy));

  run('etcd', {
    'data-dir': file('etcd'),
    'listen-client-urls': etcdUrl,
    'advertise-client-urls': etcdUrl,
    'listen-peer-urls': peerUrl,
    'initial-advertise-peer-urls': peerUrl,
    'initial-cluster': `default=${peerUrl}`,
    'log-level': 'warn',
    'unsafe-no-fsync': 'true',
  });
  run('kube-apiserver', {
    'etcd-servers': etcdUrl,
    'bind-address': '127.0.0.1',
    'secure-port': String(securePort),
    'cert-dir': file('certificates'),
    'token-auth-file': file('tokens.csv'),
    'authorization-mode': 'RBAC',
    'service-cluster-ip-range': '10.0.0.0/24',
    // no service has to be found at an address, and 127.0.0.1 may not be one
    'endpoint-reconciler-type': 'none',
    'enable-priority-and-fairness': 'false',
    // ServiceAccount admission mounts a token into every pod
    'service-account-issuer': 'https://kubernetes.default.svc',
    'service-account-key-file': file('service-account.key'),
    'service-account-signing-key-file': file('service-account.key'),
    'allow-privileged': 'true',
    'audit-policy-file': file('audit-policy.json'),
    'audit-log-path': file('audit.log'),
    'audit-log-mode': 'blocking',
  });

  await untilReady(url, token, certificate);
  const kubeconfig = file('kubeconfig');
  const access = {
    folder,
    url,
    token,
    certificate,
    kubeconfig,
    auditLog: file('audit.log'),
    kubectl: join(assets, 'kubectl'),
  };
  writeFileSync(kubeconfig, JSON.stringify(makeKubeconfig(access)), { mode: 0o600 });
  return access;
}

/** Starts a program whose output goes to a log in the folder. If it ends before its time, so does all. */
function run(program: string, flags: Record<string, string>): void {
  const log = file(`${program}.log`);
  const output = openSync(log, 'a');
  const options = Object.entries(flags).map(([name, value]) => `--${name}=${value}`);
  const child = spawn(join(assets, program), options, { cwd: folder, stdio: ['ignore', output, output] });
  closeSync(output);
  children.push(child);
  writeFileSync(file(`${program}.pid`), String(child.pid));
  child.on('error', (error) => {
    process.stderr.write(`${program} does not start: ${error.message}\n`);
    void end('keep', 1);
  });
  child.on('exit', (code, signal) => {
    if (ending) return;
    if (existsSync(file(`${program}.restart`))) {
      rmSync(file(`${program}.restart`));
      run(program, flags);
      return;
    }
    const last = readFileSync(log, 'utf8').trimEnd().split('\n').slice(-5).join('\n');
    process.stderr.write(`${program} ended with ${code ?? signal}; the end of ${log}:\n${last}\n`);
    void end('keep', 1);
  });
}

function isRunning(child: ChildProcess): boolean {
  return child.pid !== undefined && child.exitCode === null && child.signalCode === null;
}

async function untilReady(url: string, token: string, certificate: string): Promise<void> {
  const deadline = Date.now() + 120_000;
  let last: unknown = 'no answer yet';
  while (Date.now() < deadline) {
    try {
      const client = createHttpClient({ url, token, ca: readFileSync(certificate, 'utf8') });
      const { status, text } = await client('GET', '/readyz').finally(() => client.close());
      if (status === 200) return;
      last = text;
    } catch (error) {
      last = error;
    }
    await sleep(100);
  }
  throw new Error(`kube-apiserver is not ready after 120 s: ${last}; its log: ${file('kube-apiserver.log')}`);
}

function makeKubeconfig({ url, token, certificate }: Pick<ClusterAccess, 'url' | 'token' | 'certificate'>): object {
  return {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'test',
    clusters: [{ name: 'test', cluster: { server: url, 'certificate-authority': certificate } }],
    users: [{ name: 'admin', user: { token } }],
    contexts: [{ name: 'test', context: { cluster: 'test', user: 'admin' } }],
  };
}
