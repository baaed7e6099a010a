import { type Diagnostic, formatDiagnostic } from '../../yaml/diagnostic.ts';

/** More lines than anybody reads. */
const maxErrors = 50;

export interface Errors {
  add(error: string | Diagnostic): void;
  readonly count: number;
  /** One a line, and how many more there are. */
  write(): string;
}

/** Collects what is wrong, without an end of it in memory. */
export function createErrors(): Errors {
  const lines: string[] = [];
  let count = 0;
  return {
    add(error) {
      count++;
      if (lines.length < maxErrors) lines.push(typeof error === 'string' ? error : formatDiagnostic(error));
    },
    get count() {
      return count;
    },
    write() {
      const more = count > lines.length ? [`and ${(count - lines.length).toLocaleString('en')} more errors`] : [];
      return [...lines, ...more].map((line) => `${line}\n`).join('');
    },
  };
}
