import type { Colors } from '../color.ts';
import type { LineChange } from './line-changes.ts';

const context = 3;

export interface DiffWriter {
  add(changes: readonly LineChange[]): void;
  end(): void;
}

/**
 * Writes a unified diff of one file while its documents come by: https://www.gnu.org/software/diffutils/manual/html_node/Detailed-Unified.html
 * Memory holds one hunk.
 */
export function createDiffWriter(file: string, colors: Colors, write: (text: string) => void): DiffWriter {
  let oldLine = 1;
  let newLine = 1;
  let before: string[] = [];
  let hunk: { oldStart: number; newStart: number; lines: string[] } | undefined;
  let trailing = 0;
  let hasHeader = false;

  const close = () => {
    if (!hunk) return;
    const surplus = Math.max(0, trailing - context);
    const lines = hunk.lines.slice(0, hunk.lines.length - surplus);
    const oldCount = lines.filter((line) => line[0] !== '+').length;
    const newCount = lines.filter((line) => line[0] !== '-').length;
    if (!hasHeader) write(header(file, colors));
    hasHeader = true;
    const place = `@@ -${range(hunk.oldStart, oldCount)} +${range(hunk.newStart, newCount)} @@`;
    write(`${colors.cyan(place)}\n${lines.map((line) => paint(line, colors)).join('')}`);
    before = lines.slice(-context).map((line) => line.slice(1));
    hunk = undefined;
    trailing = 0;
  };

  return {
    add(changes) {
      for (const change of changes) {
        if ('kept' in change) {
          for (const line of change.kept) {
            oldLine++;
            newLine++;
            if (!hunk) {
              before.push(line);
              if (before.length > context) before.shift();
              continue;
            }
            hunk.lines.push(` ${line}`);
            if (++trailing > 2 * context) {
              const rest = hunk.lines.slice(-context).map((kept) => kept.slice(1));
              close();
              before = rest;
            }
          }
        } else if (change.removed.length + change.added.length > 0) {
          hunk ??= {
            oldStart: oldLine - before.length,
            newStart: newLine - before.length,
            lines: before.map((line) => ` ${line}`),
          };
          trailing = 0;
          oldLine += change.removed.length;
          newLine += change.added.length;
          for (const line of change.removed) hunk.lines.push(`-${line}`);
          for (const line of change.added) hunk.lines.push(`+${line}`);
        }
      }
    },
    end: close,
  };
}

function header(file: string, colors: Colors): string {
  const [from, to] = file.startsWith('/') ? [file, file] : [`a/${file}`, `b/${file}`];
  return `${colors.bold(`--- ${from}`)}\n${colors.bold(`+++ ${to}`)}\n`;
}

function range(start: number, count: number): string {
  return count === 1 ? `${start}` : `${count === 0 ? start - 1 : start},${count}`;
}

function paint(line: string, colors: Colors): string {
  const color = line[0] === '+' ? colors.green : line[0] === '-' ? colors.red : (text: string) => text;
  const body = line.replace(/\n$/, '');
  return `${color(body)}\n${line.endsWith('\n') ? '' : '\\ No newline at end of file\n'}`;
}
