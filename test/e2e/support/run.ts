import { spawn } from 'node:child_process';

export interface RunResult {
  exitCode: number;
  stdout: string;
  stderr: string;
}

export interface RunOptions {
  env?: Record<string, string | undefined>;
  stdin?: string;
  /** Ends it after so long; it then has the exit code 124, as with timeout(1). */
  milliseconds?: number;
  /** Shows standard error as it comes, besides. */
  show?: boolean;
}

/** Runs a program, whatever comes of it. */
export function run(program: string, args: readonly string[], options: RunOptions = {}): Promise<RunResult> {
  const { env, stdin = '', milliseconds = 120_000, show = false } = options;
  return new Promise((resolve) => {
    const child = spawn(program, args, { ...(env && { env }), stdio: 'pipe' });
    const result = { stdout: '', stderr: '' };
    let isLate = false;
    const timer = setTimeout(() => {
      isLate = true;
      child.kill('SIGKILL');
    }, milliseconds);
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      result.stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      result.stderr += text;
      if (show) process.stderr.write(text);
    });
    child.on('error', ({ message }) => {
      result.stderr += message;
    });
    child.stdin.on('error', () => undefined); // it may have ended without reading
    child.stdin.end(stdin);
    child.on('close', (code) => {
      clearTimeout(timer);
      if (isLate) result.stderr += `\n${program} ${args.join(' ')} was ended after ${milliseconds} ms`;
      resolve({ ...result, exitCode: isLate ? 124 : (code ?? 1) });
    });
  });
}

/** Runs a program that must succeed, and answers with its output. */
export async function must(program: string, args: readonly string[], options: RunOptions = {}): Promise<string> {
  const { exitCode, stdout, stderr } = await run(program, args, options);
  if (exitCode === 0) return stdout;
  throw new Error(`${program} ${args.join(' ')} ended with ${exitCode}: ${stderr || stdout}`);
}
