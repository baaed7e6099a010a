import { isDeepStrictEqual } from 'node:util';
import { planEdits } from './edit-text.ts';
import { type ParsedDocument, parseKubernetesDocument } from './parse-document.ts';
import { rewriteDocument } from './rewrite-document.ts';
import { scalarText, UnsupportedEdit } from './scalar-text.ts';
import { applyEdits, type TextEdit } from './text-edit.ts';

export interface ChangedText {
  text: string;
  /** What was replaced; undefined when the document was written anew. */
  edits: TextEdit[] | undefined;
}

/**
 * Writes a document with another value and changes nothing else of its text: comments, order, quoting and blank lines stay. Each
 * way is checked by reading its result back.
 *
 * @param after shares with the document's value what did not change
 * @returns undefined when no way gives the value, which is a bug here
 */
export function changeDocument(document: ParsedDocument, after: unknown): ChangedText | undefined {
  for (const aliases of ['follow', 'expand'] as const) {
    const edits = attempt(() => planEdits(document, after, aliases));
    const text = edits && applyEdits(document.text, edits);
    if (text !== undefined && holds(text, after)) return { text, edits };
    if (document.format === 'json' || !/[*]/.test(document.text)) break;
  }
  for (const blockQuote of [true, false]) {
    const text = attempt(() =>
      document.format === 'json' ? JSON.stringify(after, exact, 2) : rewriteDocument(document, after, blockQuote),
    );
    if (text !== undefined && holds(text, after)) return { text, edits: undefined };
  }
  return undefined;
}

function exact(_key: string, value: unknown): unknown {
  if (typeof value === 'number') scalarText(value, 'json');
  return value;
}

function attempt<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    if (error instanceof UnsupportedEdit) return undefined;
    throw error;
  }
}

function holds(text: string, after: unknown): boolean {
  const parsed = parseKubernetesDocument(text);
  return !('broken' in parsed) && isDeepStrictEqual(parsed.value, after);
}
