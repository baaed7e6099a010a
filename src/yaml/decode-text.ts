/** Bytes to text in whole lines, with the place of the first byte that is no text. */
import { isUtf8 } from 'node:buffer';

/** What makes the rest of an input unreadable. */
export interface InputProblem {
  line: number;
  column: number;
  message: string;
}

/** A longer line cannot be held as one string. */
const maxLineLength = 256 * 1024 * 1024;

/**
 * Decodes UTF-8.
 *
 * @returns pieces that end with a line break, except the last one; a problem ends them
 */
export async function* decodeText(
  chunks: AsyncIterable<Buffer | string>,
): AsyncGenerator<{ text: string } | { problem: InputProblem }> {
  let line = 1;
  let pending: Buffer[] = [];
  let pendingLength = 0;
  for await (const chunk of chunks) {
    const bytes = typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
    const end = bytes.lastIndexOf(0x0a) + 1;
    if (end > 0) {
      const piece = Buffer.concat([...pending, bytes.subarray(0, end)]);
      pending = [];
      pendingLength = 0;
      const problem = findProblem(piece, line);
      if (problem) return yield { problem };
      line += countLines(piece);
      yield { text: piece.toString('utf8') };
    }
    if (end < bytes.length) {
      pending.push(bytes.subarray(end));
      pendingLength += bytes.length - end;
    }
    if (pendingLength > maxLineLength) {
      return yield { problem: { line, column: 1, message: 'a line of more than 256 MiB; break it into lines' } };
    }
  }
  if (pendingLength === 0) return;
  const piece = Buffer.concat(pending);
  const problem = findProblem(piece, line);
  yield problem ? { problem } : { text: piece.toString('utf8') };
}

function findProblem(piece: Buffer, line: number): InputProblem | undefined {
  const [first, second] = piece;
  if (line === 1 && ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff))) {
    return { line: 1, column: 1, message: 'this is UTF-16; save it as UTF-8 (iconv -f UTF-16 -t UTF-8)' };
  }
  const nul = piece.indexOf(0);
  if (nul === -1 && isUtf8(piece)) return undefined;
  const bad = firstBadByte(piece);
  const at = nul === -1 ? bad : Math.min(nul, bad);
  const before = piece.subarray(0, at);
  const start = before.lastIndexOf(0x0a) + 1;
  const place = { line: line + countLines(before), column: before.subarray(start).toString('utf8').length + 1 };
  if (at === nul) return { ...place, message: 'a NUL byte, so this is no text file; UTF-16 must be saved as UTF-8' };
  const hex = piece[at]?.toString(16).padStart(2, '0').toUpperCase();
  return { ...place, message: `the byte 0x${hex} is not UTF-8; save the file as UTF-8` };
}

/** The offset of the first byte that is not part of UTF-8; the length if all are. */
function firstBadByte(piece: Buffer): number {
  let at = 0;
  while (at < piece.length) {
    const newline = piece.indexOf(0x0a, at);
    const end = newline === -1 ? piece.length : newline + 1;
    if (!isUtf8(piece.subarray(at, end))) break;
    at = end;
  }
  while (at < piece.length) {
    const byte = piece[at] ?? 0;
    const length = byte < 0x80 ? 1 : byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : 4;
    if (at + length > piece.length || !isUtf8(piece.subarray(at, at + length))) return at;
    at += length;
  }
  return at;
}

function countLines(bytes: Buffer): number {
  let count = 0;
  for (let at = bytes.indexOf(0x0a); at !== -1; at = bytes.indexOf(0x0a, at + 1)) count++;
  return count;
}
