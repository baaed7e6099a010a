/** Changes files: all of them, or none. */
import { randomUUID } from 'node:crypto';
import {
  closeSync,
  fchmodSync,
  fchownSync,
  fsyncSync,
  openSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';

export interface FileReplacement {
  write(text: string): void;
  /** @param changed whether the file is to be replaced; else what was written is dropped */
  end(changed: boolean): void;
}

export interface FileReplacements {
  /** Begins a new content for a file, beside it; a link stays, and the file behind it is replaced. */
  begin(path: string): FileReplacement;
  /** Puts all new contents in place, each in one step. */
  commit(): void;
  /** Drops all new contents. */
  discard(): void;
}

export function createFileReplacements(): FileReplacements {
  const waiting: { temporary: string; target: string }[] = [];
  const open = new Map<number, string>();
  return {
    begin(path) {
      const target = realpathSync(path);
      const { mode, uid, gid } = statSync(target);
      const temporary = join(dirname(target), `.${basename(target)}.${randomUUID()}`);
      const file = openSync(temporary, 'wx', 0o600);
      open.set(file, temporary);
      fchmodSync(file, mode & 0o7777);
      try {
        fchownSync(file, uid, gid);
      } catch {
        // only root may give files away; then it belongs to whoever runs this, as with any editor
      }
      let parts: string[] = [];
      let length = 0;
      const flush = () => {
        const bytes = Buffer.from(parts.join(''));
        for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at);
        parts = [];
        length = 0;
      };
      return {
        write(text) {
          parts.push(text);
          length += text.length;
          if (length > 256 * 1024) flush();
        },
        end(changed) {
          flush();
          if (changed) fsyncSync(file);
          closeSync(file);
          open.delete(file);
          if (changed) waiting.push({ temporary, target });
          else rmSync(temporary, { force: true });
        },
      };
    },
    commit() {
      for (let next = waiting[0]; next; next = waiting[0]) {
        renameSync(next.temporary, next.target);
        waiting.shift();
      }
    },
    discard() {
      for (const [file, temporary] of open) {
        closeSync(file);
        rmSync(temporary, { force: true });
      }
      for (const { temporary } of waiting) rmSync(temporary, { force: true });
      open.clear();
      waiting.length = 0;
    },
  };
}
