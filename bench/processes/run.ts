/** Starts programs that do not outlive this one, however it ends: the kernel kills them (prctl PR_SET_PDEATHSIG). */
import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { once } from 'node:events';

export interface Running {
  pid: number;
  exit: Promise<unknown>;
  isRunning(): boolean;
  stop(): Promise<void>;
}

const wrapper = ['setpriv', '--pdeathsig', 'KILL', '--'];

export function spawnBound(command: readonly string[], options: SpawnOptions): ChildProcess {
  const [program = '', ...args] = [...wrapper, ...command];
  return spawn(program, args, options);
}

/** Starts a server; whoever starts it stops it. */
export function start(command: readonly string[], options: SpawnOptions): Running {
  const child = spawnBound(command, options);
  const exit = new Promise((resolve) => child.once('exit', resolve).once('error', resolve));
  const isRunning = () => child.pid !== undefined && child.exitCode === null && child.signalCode === null;
  return {
    pid: child.pid ?? 0,
    exit,
    isRunning,
    async stop() {
      if (!isRunning()) return;
      child.kill('SIGCONT');
      child.kill('SIGTERM');
      const timer = setTimeout(() => child.kill('SIGKILL'), 3_000);
      await exit;
      clearTimeout(timer);
    },
  };
}

/** Runs a program to its end. */
export async function runToEnd(
  command: readonly string[],
  options: SpawnOptions = {},
): Promise<{ stdout: string; stderr: string }> {
  const child = spawnBound(command, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
  const output = { stdout: '', stderr: '' };
  child.stdout?.on('data', (chunk) => {
    output.stdout += chunk;
  });
  child.stderr?.on('data', (chunk) => {
    output.stderr += chunk;
  });
  const [code] = await once(child, 'close');
  if (code === 0) return output;
  throw new Error(`${command.slice(0, 3).join(' ')} ended with ${code}:\n${output.stdout}${output.stderr}`);
}
