/** Holds output back until it is known to be whole: in memory, and beyond some MiB in a file. */
import { closeSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Writable } from 'node:stream';
import { finished } from 'node:stream/promises';

const memoryLimit = 8 * 1024 * 1024;
const bufferSize = 256 * 1024;

export interface Spool {
  write(text: string): void;
  /** The last character written; empty before the first. */
  last(): string;
  copyTo(stream: Writable): Promise<void>;
  close(): void;
}

export function createSpool(): Spool {
  let parts: string[] = [];
  let length = 0;
  let last = '';
  let file: number | undefined;

  const spill = () => {
    file ??= openUnnamed();
    writeAll(file, Buffer.from(parts.join('')));
    parts = [];
    length = 0;
  };
  return {
    write(text) {
      if (text === '') return;
      parts.push(text);
      length += text.length;
      last = text.at(-1) ?? last;
      if (length > (file === undefined ? memoryLimit : bufferSize)) spill();
    },
    last: () => last,
    async copyTo(stream) {
      if (file !== undefined) {
        spill();
        const buffer = Buffer.alloc(bufferSize);
        let position = 0;
        for (;;) {
          const read = readSync(file, buffer, 0, buffer.length, position);
          if (read === 0) break;
          position += read;
          await writeTo(stream, Buffer.from(buffer.subarray(0, read)));
        }
      } else if (length > 0) await writeTo(stream, parts.join(''));
    },
    close() {
      if (file !== undefined) closeSync(file);
      file = undefined;
      parts = [];
    },
  };
}

/** A file without a name goes away with the process, however that ends. */
function openUnnamed(): number {
  const folder = mkdtempSync(join(tmpdir(), 'permafrost-'));
  const descriptor = openSync(join(folder, 'output'), 'w+', 0o600);
  rmSync(folder, { recursive: true });
  return descriptor;
}

function writeAll(file: number, bytes: Buffer): void {
  for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at);
}

/** Waits until the stream wants more; or until it is closed, then for nothing. */
async function writeTo(stream: Writable, data: string | Buffer): Promise<void> {
  if (stream.destroyed || stream.write(data)) return;
  const closed = new AbortController();
  await Promise.race([
    new Promise<void>((resolve) => stream.once('drain', resolve)),
    finished(stream, { signal: closed.signal, cleanup: true }).catch(() => {}),
  ]);
  closed.abort();
}
