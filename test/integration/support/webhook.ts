/** The real `permafrost serve`, and what the real `permafrost webhook-config` prints in the API server. */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { parse } from 'yaml';
import { acceptPod, access, call, createNamespace, eventually, kubectl } from './cluster.ts';
import { isHardened } from './pods.ts';

const program = fileURLToPath(new URL('../../../src/bin.ts', import.meta.url));
const dieWithParent = new URL('die-with-parent.ts', import.meta.url).href;
const configurations = '/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations';

/** A line of the log about one review. */
export interface ReviewLine {
  uid: string;
  namespace: string;
  name: string;
  mode: string;
  outcome: string;
  [field: string]: unknown;
}

export interface Webhook {
  /** What the log says of the reviews in a namespace. */
  reviews(namespace: string): ReviewLine[];
  /** The text of /metrics. */
  metrics(): Promise<string>;
  /** Ends the program; the API server still has its configuration, and calls into the void. */
  stop(): Promise<void>;
  /** Ends the program if it still runs, and takes the configuration out of the API server. */
  remove(): Promise<void>;
}

/**
 * Starts Permafrost, tells the API server, and waits until it calls.
 *
 * @param options.failurePolicy instead of the one that `webhook-config` prints for `enforce`
 */
export async function startWebhook(
  options: { args?: string[]; failurePolicy?: 'Fail' | 'Ignore' } = {},
): Promise<Webhook> {
  const log = join(access.folder, `permafrost-${process.pid}-${Date.now()}.log`);
  const flags = [
    '--self-signed',
    '--port',
    '0',
    '--metrics-port',
    '0',
    '--address',
    '127.0.0.1',
    ...(options.args ?? []),
  ];
  const child = spawn(process.execPath, ['--import', dieWithParent, program, 'serve', ...flags], { stdio: 'pipe' });
  const exit = once(child, 'exit');
  child.stderr.pipe(createWriteStream(log));
  const places = await readPlaces(child.stdout, exit, log);

  const configuration = await printConfiguration(places, options.failurePolicy);
  const applied = await kubectl(['apply', '--filename=-'], JSON.stringify(configuration));
  if (applied.exitCode !== 0) throw new Error(`the API server refuses the webhook configuration: ${applied.stderr}`);
  await untilCalled();

  const stop = async () => {
    child.kill('SIGTERM');
    await exit;
  };
  return {
    reviews: (namespace) => readLog(log).filter((line) => line.namespace === namespace),
    metrics: async () => (await fetch(places.metrics)).text(),
    stop,
    async remove() {
      if (child.exitCode === null && child.signalCode === null) await stop();
      await call('DELETE', `${configurations}/${configuration.metadata.name}`);
      await untilNotCalled();
    },
  };
}

interface Places {
  url: string;
  metrics: string;
  caBundle: string;
}

/** `serve` prints YAML, a line each, once it listens. */
async function readPlaces(stdout: NodeJS.ReadableStream, exit: Promise<unknown>, log: string): Promise<Places> {
  let text = '';
  const complete = new Promise<Places>((resolve) => {
    createInterface(stdout).on('line', (line) => {
      text += `${line}\n`;
      const places = parse(text) as Partial<Places>;
      if (places.url && places.metrics && places.caBundle) resolve(places as Places);
    });
  });
  const places = await Promise.race([complete, exit.then(() => undefined)]);
  if (!places) throw new Error(`permafrost serve ended before it listened; ${log}:\n${readFileSync(log, 'utf8')}`);
  return places;
}

async function printConfiguration(
  { url, caBundle }: Places,
  failurePolicy?: string,
): Promise<{ metadata: { name: string } }> {
  const args = [program, 'webhook-config', '--url', url, '--ca-bundle', caBundle];
  if (failurePolicy) args.push('--failure-policy', failurePolicy);
  const { stdout } = await promisify(execFile)(process.execPath, args);
  return parse(stdout) as { metadata: { name: string } };
}

function readLog(log: string): ReviewLine[] {
  const lines = readFileSync(log, 'utf8').split('\n').slice(0, -1);
  return lines.map((line) => JSON.parse(line) as ReviewLine).filter((line) => line.uid !== undefined);
}

const probe = { metadata: { generateName: 'probe-' }, spec: { containers: [{ name: 'probe', image: 'probe' }] } };

/** The API server follows its webhook configurations with some delay. */
async function untilCalled(): Promise<void> {
  const namespace = await createNamespace('enforce');
  await eventually('the API server to call the webhook', async () => {
    const { pod } = await acceptPod(namespace, probe, '?dryRun=All');
    return isHardened(pod) || undefined;
  });
}

async function untilNotCalled(): Promise<void> {
  const namespace = await createNamespace('enforce');
  await eventually('the API server to forget the webhook', async () => {
    const { pod } = await acceptPod(namespace, probe, '?dryRun=All');
    return isHardened(pod) ? undefined : true;
  });
}
