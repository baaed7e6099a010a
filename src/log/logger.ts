/** The log: JSON, one object a line. */
import type { Writable } from 'node:stream';
import { type Logger, pino, stdTimeFunctions } from 'pino';

export type { Logger };

export const logLevels = ['debug', 'info', 'warn', 'error', 'silent'] as const;
export type LogLevel = (typeof logLevels)[number];

/**
 * Makes a logger. Lines of one turn of the event loop are written together: under load a write costs more than the line.
 *
 * @returns the logger, and `flush`, which writes what is left
 */
export function createLogger(stream: Writable, level: LogLevel): { logger: Logger; flush: () => void } {
  let pending = '';
  const flush = (): void => {
    const text = pending;
    pending = '';
    if (text !== '') stream.write(text);
  };
  const destination = {
    write(line: string): void {
      if (pending === '') setImmediate(flush);
      pending += line;
    },
  };
  const options = {
    level,
    base: null,
    timestamp: stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
  };
  return { logger: pino(options, destination), flush };
}
