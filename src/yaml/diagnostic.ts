/** Says where in a file something is wrong. */
import { type Document, isCollection, isMap, isPair, isScalar, type LineCounter, type Node } from 'yaml';

export interface Diagnostic {
  /** The file's name as the user wrote it; `-` for standard input. */
  file: string;
  /** From 1. */
  line: number;
  /** From 1, in UTF-16 units. */
  column: number;
  /** What is wrong and what to do, with the field path. */
  message: string;
}

/** `file:line:column: message`, as compilers write it, so that editors can jump there. */
export function formatDiagnostic({ file, line, column, message }: Diagnostic): string {
  return `${file}:${line}:${column}: ${message}`;
}

/**
 * Finds the place of a field in a document; of its nearest existing parent when the field itself is missing.
 *
 * @param path keys and indexes from the document's root
 * @returns line and column, both from 1
 */
export function locateField(
  document: Document,
  lines: LineCounter,
  path: readonly PropertyKey[],
): { line: number; column: number } {
  let node: unknown = document.contents;
  let offset = startOf(node) ?? 0;
  for (const step of path) {
    if (!isCollection(node)) break;
    const pair = isMap(node) ? node.items.find((item) => isPair(item) && keyOf(item.key) === String(step)) : undefined;
    const next = pair ? (pair.value ?? pair.key) : node.get(step, true);
    if (next === undefined || next === null) break;
    offset = startOf(pair?.key) ?? startOf(next) ?? offset;
    node = next;
  }
  const { line, col } = lines.linePos(offset);
  return { line, column: col };
}

function keyOf(key: unknown): string {
  return String(isScalar(key) ? key.value : key);
}

function startOf(node: unknown): number | undefined {
  return (node as Node | null | undefined)?.range?.[0];
}
