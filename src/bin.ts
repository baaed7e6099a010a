#!/usr/bin/env node
import { main } from './cli/main.ts';

// a plain copy: the yaml library asks for a variable at each token, and the real object asks the system each time
process.env = { ...process.env };

const controller = new AbortController();
// once: a second Ctrl-C ends the process the usual way. A second SIGTERM must not: reviews are still in flight
process.once('SIGINT', () => controller.abort('SIGINT'));
process.on('SIGTERM', () => controller.abort('SIGTERM'));
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(128 + 13); // as if by SIGPIPE: whoever reads has seen enough
});
process.stderr.on('error', () => {});

process.exitCode = await main(process.argv.slice(2), {
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  env: process.env,
  shutdown: controller.signal,
});
