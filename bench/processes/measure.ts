/** Runs a command to its end, and looks at it all the while. */
import { closeSync, openSync } from 'node:fs';
import { spawnBound } from './run.ts';
import { cpuSeconds, peakMegabytes } from './usage.ts';

export interface Measured {
  exitCode: number | null;
  seconds: number;
  /** Of all its threads. */
  cpuSeconds: number;
  peakMegabytes: number;
}

/** How often it is looked at, in milliseconds; the kernel keeps the peak, so only what grows in the very end is missed. */
const interval = 5;

/** @param output a file that its standard output goes to; standard error goes to another beside it */
export async function measureCommand(
  command: readonly string[],
  env: Record<string, string | undefined>,
  output: string,
): Promise<Measured> {
  const [stdout, stderr] = [openSync(output, 'w'), openSync(`${output}.err`, 'w')];
  const started = performance.now();
  const child = spawnBound(command, { env, stdio: ['ignore', stdout, stderr] });
  const measured: Measured = { exitCode: null, seconds: 0, cpuSeconds: 0, peakMegabytes: 0 };
  const look = () => {
    if (child.pid === undefined) return;
    try {
      measured.peakMegabytes = Math.max(measured.peakMegabytes, peakMegabytes(child.pid));
      measured.cpuSeconds = cpuSeconds(child.pid);
    } catch {
      // it has ended
    }
  };
  const timer = setInterval(look, interval);
  measured.exitCode = await new Promise<number | null>((resolve, reject) => {
    child.once('exit', resolve).once('error', reject);
  });
  measured.seconds = (performance.now() - started) / 1000;
  clearInterval(timer);
  closeSync(stdout);
  closeSync(stderr);
  return measured;
}
