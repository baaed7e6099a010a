import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { request } from 'node:https';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';

export interface DemoServer {
  url: string;
  metrics: string;
  /** Under which other machines reach it; undefined without a network. */
  lanUrl: string | undefined;
  folder: string;
  caFile: string;
  logFile: string;
  /** From the start of the process until it was ready. */
  milliseconds: number;
  exit: Promise<number | null>;
  onReview(listener: (line: Record<string, unknown>) => void): void;
  /** Ends it and removes the folder. */
  stop(): Promise<void>;
}

/** Starts `permafrost serve` and waits until it is ready. A port that is taken is replaced by any free one. */
export async function startServer(root: string, note: (text: string) => void): Promise<DemoServer> {
  const folder = mkdtempSync(join(tmpdir(), 'permafrost-'));
  const [caFile, logFile] = [join(folder, 'ca.pem'), join(folder, 'permafrost.log')];
  const lanAddress = findLanAddress();
  const ports = { '--port': '8443', '--metrics-port': '9090' };
  for (;;) {
    const started = performance.now();
    const flags = ['--self-signed', '--ca-file', caFile, ...Object.entries(ports).flat()];
    if (lanAddress) flags.push('--host', lanAddress);
    // a process group of its own: Ctrl-C reaches this script, which then ends the server and waits for it
    const child = spawn(process.execPath, [join(root, 'src/bin.ts'), 'serve', ...flags], {
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    process.on('exit', () => child.kill('SIGKILL'));
    const exit = once(child, 'exit').then(([code]) => code as number | null);
    const log = child.stderr.pipe(createWriteStream(logFile));
    const places = await readPlaces(child, exit);
    if (!places) {
      await once(log, 'close');
      const text = readFileSync(logFile, 'utf8');
      const taken = /port (?<port>\d+) is taken.* with (?<flag>--(?:metrics-)?port),/.exec(text)?.groups;
      if (!taken) throw new Error(`the webhook did not start:\n${text}`);
      note(`port ${taken['port']} is taken, so another one is used`);
      ports[taken['flag'] as keyof typeof ports] = '0';
      continue;
    }
    await waitUntilReady(places.url, caFile);
    const milliseconds = Math.round(performance.now() - started);
    return describeServer({ child, exit, places, folder, caFile, logFile, lanAddress, milliseconds });
  }
}

function describeServer(parts: {
  child: ChildProcess & { stderr: NodeJS.ReadableStream };
  exit: Promise<number | null>;
  places: { url: string; metrics: string };
  folder: string;
  caFile: string;
  logFile: string;
  lanAddress: string | undefined;
  milliseconds: number;
}): DemoServer {
  const { child, exit, places, folder, lanAddress } = parts;
  return {
    ...places,
    lanUrl: lanAddress && `https://${lanAddress}:${new URL(places.url).port}`,
    folder,
    caFile: parts.caFile,
    logFile: parts.logFile,
    milliseconds: parts.milliseconds,
    exit,
    onReview(listener) {
      createInterface(child.stderr).on('line', (line) => {
        const entry = JSON.parse(line);
        if (entry.msg === 'review') listener(entry);
      });
    },
    async stop() {
      child.kill('SIGTERM');
      await exit;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** @returns undefined when it ended before it listened */
async function readPlaces(
  child: ChildProcess & { stdout: NodeJS.ReadableStream },
  exit: Promise<number | null>,
): Promise<{ url: string; metrics: string } | undefined> {
  const places: Record<string, string> = {};
  for await (const line of createInterface(child.stdout)) {
    const [key = '', value = ''] = line.split(': ', 2);
    places[key] = value;
    if (key === 'caBundle') break;
  }
  const { url, metrics, caBundle } = places;
  if (!caBundle) await exit;
  return url && metrics ? { url, metrics } : undefined;
}

async function waitUntilReady(url: string, caFile: string): Promise<void> {
  for (let attempt = 0; ; attempt++) {
    try {
      const [response] = await once(request(`${url}/readyz`, { ca: readFileSync(caFile) }).end(), 'response');
      response.resume();
      if (response.statusCode === 200) return;
      throw new Error(`${url}/readyz answers with ${response.statusCode}`);
    } catch (error) {
      if (attempt === 100) throw error;
      await sleep(50);
    }
  }
}

function findLanAddress(): string | undefined {
  const addresses = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
  return addresses.find(({ family, internal }) => family === 'IPv4' && !internal)?.address;
}
