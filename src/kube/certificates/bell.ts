/** A bell that is rung when something has changed, and that one loop waits for. */
import { setTimeout as sleep } from 'node:timers/promises';

/** Milliseconds: several rings within them are one. */
const settle = 20;

export interface Bell {
  ring(): void;
  /** Waits for a ring, or for this many milliseconds; a ring that came while nobody waited counts. */
  rung(milliseconds: number): Promise<void>;
}

export function createBell(): Bell {
  let hasRung = false;
  let wake: (() => void) | undefined;
  return {
    ring() {
      hasRung = true;
      wake?.();
    },
    async rung(milliseconds) {
      if (milliseconds <= 0) return;
      if (!hasRung) {
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, milliseconds);
          timer.unref();
          wake = () => {
            clearTimeout(timer);
            resolve();
          };
        });
        wake = undefined;
      }
      if (hasRung) await sleep(settle, undefined, { ref: false });
      hasRung = false;
    },
  };
}
