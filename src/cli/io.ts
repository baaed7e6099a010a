import type { Readable, Writable } from 'node:stream';

/** What a command may use of the process it runs in. Only src/bin.ts makes one out of the real process; tests make their own. */
export interface Io {
  stdin: Readable & { isTTY?: boolean };
  stdout: Writable & { isTTY?: boolean; columns?: number };
  stderr: Writable & { isTTY?: boolean; columns?: number };
  env: Record<string, string | undefined>;
  /** Aborted when the process is asked to end (SIGTERM, SIGINT). */
  shutdown: AbortSignal;
}

/** Exit codes of all commands. */
export const exitCode = {
  ok: 0,
  /** `--check`, `lint`: the input is readable, but not as it should be. */
  found: 1,
  /** Bad usage or bad input; nothing was written. */
  error: 2,
} as const;
