import type { Io } from './io.ts';

/**
 * What a command's declaration gets. A file `<name>-command.ts` declares options, help and examples with cheap imports only, so that
 * `--help` is fast; its action loads the rest: `context.run(async () => (await import('./<name>.ts')).run(...))`.
 */
export interface CommandContext {
  io: Io;
  /** Runs a command's work; the number it returns becomes the exit code. */
  run(work: () => Promise<number>): Promise<void>;
}

/** The command line asks for something that makes no sense; the message says what to do instead. Exit code 2. */
export class UsageError extends Error {
  override name = 'UsageError';
}
