/** Cuts a stream into documents without parsing it, so that memory holds one at a time. */
import type { InputProblem } from './decode-text.ts';

export interface DocumentText {
  /** All of it: separator, comments before it, line breaks. The texts of a stream together are the stream. */
  text: string;
  /** The line of the stream that it starts on, from 1. */
  line: number;
}

/** About what a string and its decoded value may take together. */
const maxLength = 256 * 1024 * 1024;

/**
 * Splits at `---` and behind `...`, and between JSON values that follow each other on lines of their own. Such a line is never part
 * of a value: https://yaml.org/spec/1.2.2/#912-document-markers
 */
export async function* splitDocuments(
  pieces: AsyncIterable<{ text: string } | { problem: InputProblem }>,
): AsyncGenerator<DocumentText | { problem: InputProblem }> {
  let parts: string[] = [];
  let length = 0;
  let start = 1;
  let line = 1;
  let hasContent = false;
  let isJson = false;
  let closedBrace = false;

  const take = (): DocumentText => {
    const document = { text: parts.join(''), line: start };
    parts = [];
    length = 0;
    start = line;
    hasContent = false;
    isJson = false;
    closedBrace = false;
    return document;
  };

  for await (const piece of pieces) {
    if ('problem' in piece) {
      yield piece;
      return;
    }
    const { text } = piece;
    let from = 0;
    const keep = (to: number) => {
      if (to > from) parts.push(text.slice(from, to));
      length += to - from;
      from = to;
    };
    for (let at = 0; at < text.length; ) {
      const newline = text.indexOf('\n', at);
      const end = newline === -1 ? text.length : newline + 1;
      const first = text[at];
      const isEnd = first === '.' && isMarker(text, at, '...');
      const isStart = first === '-' && isMarker(text, at, '---');
      if ((isStart && hasContent) || (first === '{' && isJson && closedBrace)) {
        keep(at);
        yield take();
      }
      const isBlank = /^\s*(?:#|$)/.test(first === '#' ? '#' : text.slice(at, Math.min(end, at + 200)));
      if (!isBlank) {
        if (!hasContent && first === '{') isJson = true;
        if (isStart || first !== '%' || hasContent) hasContent = true;
        if (isJson)
          closedBrace = text
            .slice(Math.max(at, end - 3), end)
            .trimEnd()
            .endsWith('}');
      }
      at = end;
      line++;
      if (isEnd) {
        keep(at);
        yield take();
      }
    }
    keep(text.length);
    if (length > maxLength) {
      yield {
        problem: { line: start, column: 1, message: 'a document of more than 256 MiB; split it with lines ---' },
      };
      return;
    }
  }
  if (length > 0) yield take();
}

function isMarker(text: string, at: number, marker: string): boolean {
  return text.startsWith(marker, at) && /^[ \t\r\n]?$/.test(text.charAt(at + 3));
}
