/** What a replica waits for before it is ready: until what it follows was read for the first time, or for long enough. */

/**
 * Milliseconds. A list takes some of them; if it takes longer, the API server or the way to it is in trouble, and then the built-in table
 * and the default policy are better than no webhook at all: with `failurePolicy: Fail` nothing could be created.
 */
const patience = 5_000;

export interface FirstRead {
  /** Resolves with `done`, or when it was waited for long enough. */
  promise: Promise<void>;
  /** Something was read, which need not be of use: it is not given up any more. */
  arrived(): void;
  /** It can be worked with. */
  done(): void;
}

/** @param onLate called when it was waited for long enough */
export function awaitFirstRead(onLate: () => void): FirstRead {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(() => {
    onLate();
    resolve();
  }, patience);
  const arrived = (): void => clearTimeout(timer);
  return {
    promise,
    arrived,
    done() {
      arrived();
      resolve();
    },
  };
}
