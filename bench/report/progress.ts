import type { WriteStream } from 'node:tty';

/** Says on the screen what goes on, with the time since the start. */
export interface Progress {
  step(text: string): void;
}

export function createProgress(stream: Pick<WriteStream, 'write'>, started = performance.now()): Progress {
  return {
    step(text) {
      const seconds = Math.floor((performance.now() - started) / 1000);
      const clock = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
      stream.write(`${clock.padStart(6)}  ${text}\n`);
    },
  };
}
