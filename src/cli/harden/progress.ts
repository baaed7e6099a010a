import type { Io } from '../io.ts';

export interface Progress {
  tick(): void;
  /** Takes the line away again. */
  erase(): void;
}

/** Counts documents on a terminal, when it takes longer than a second. */
export function createProgress(stream: Io['stderr'], now: () => number = () => performance.now()): Progress {
  const start = now();
  let shown = start + 900;
  let count = 0;
  let isVisible = false;
  return {
    tick() {
      count++;
      if (!stream.isTTY || now() - shown < 100) return;
      shown = now();
      isVisible = true;
      stream.write(`\r\x1b[K${count.toLocaleString('en')} documents`);
    },
    erase() {
      if (isVisible) stream.write('\r\x1b[K');
      isVisible = false;
    },
  };
}
