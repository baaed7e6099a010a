/** Changes of lines: YAML's block style. */
import { UnsupportedEdit } from './scalar-text.ts';
import type { TextEdit } from './text-edit.ts';
import { columnOf, eolOf, lineEnd, lineStart, startsLine } from './text-lines.ts';
import type { TextNode } from './text-node.ts';
import type { BlockStyle } from './value-text.ts';

/**
 * Finds how a text indents, from its first map in a map and its first list in a map.
 *
 * @returns two spaces and the list's dashes indented like them where the text does not say
 */
export function blockStyle(text: string, root: TextNode | undefined): BlockStyle {
  let step: number | undefined;
  let seqIndent: number | undefined;
  const queue = root ? [root] : [];
  for (
    let index = 0;
    index < queue.length && index < 5000 && (step === undefined || seqIndent === undefined);
    index++
  ) {
    const node = queue[index];
    if (!node || node.flow) continue;
    for (const { start, value } of node.entries) {
      if (!value || value.flow || value.entries.length === 0) continue;
      queue.push(value);
      if (node.kind !== 'map') continue;
      const difference = columnOf(text, value.start) - columnOf(text, start);
      if (value.kind === 'map' && difference > 0) step ??= difference;
      if (value.kind === 'seq' && difference >= 0) seqIndent ??= difference;
    }
  }
  return { step: step ?? 2, seqIndent: seqIndent ?? step ?? 2 };
}

/**
 * Finds where a new line of a block collection belongs: behind the line of its last value, and behind comments there that
 * are indented as its own.
 */
export function behindBlock(text: string, end: number, column: number): number {
  const behindValue = end > 0 && text[end - 1] === '\n' ? end : lineEnd(text, end);
  let at = behindValue;
  let commentColumn = Number.POSITIVE_INFINITY;
  for (; at < text.length; at = lineEnd(text, at)) {
    const indent = /^ *(?=#)/.exec(text.slice(at, lineEnd(text, at)))?.[0].length;
    if (indent === undefined || indent < column) break;
    commentColumn = Math.min(commentColumn, indent);
  }
  // a comment above something that is indented the same belongs to that
  const next = /^(?:[ \t]*\r?\n)*( *)(?=\S)/.exec(text.slice(at, at + 4096));
  return next?.[1] === undefined || next[1].length < commentColumn ? at : behindValue;
}

/** Inserts lines at an offset where a line starts, or at the end of a text without a last line break. */
export function insertLines(text: string, at: number, lines: readonly string[], column: number): TextEdit {
  const eol = eolOf(text);
  const indented = lines.map((line) => ' '.repeat(column) + line);
  const isCutOff = at > 0 && text[at - 1] !== '\n';
  return {
    start: at,
    end: at,
    text: isCutOff ? indented.map((line) => eol + line).join('') : indented.map((line) => line + eol).join(''),
  };
}

/** Takes an entry's lines out; of a first entry behind a dash, up to the next entry. */
export function removeLines(text: string, node: TextNode, index: number): TextEdit {
  const entry = node.entries[index];
  if (!entry) throw new RangeError(`no entry ${index}`);
  const start = node.kind === 'seq' ? dashOf(text, node, index) : entry.start;
  if (startsLine(text, start)) {
    return {
      start: lineStart(text, start),
      end: entry.end > 0 && text[entry.end - 1] === '\n' ? entry.end : lineEnd(text, entry.end),
      text: '',
    };
  }
  const next = node.entries[index + 1];
  if (!next || node.kind === 'seq') throw new UnsupportedEdit('an entry behind a dash');
  return { start, end: next.start, text: '' };
}

/** The column of a map's keys, or of a list's dashes. */
export function blockColumn(text: string, node: TextNode): number {
  if (node.kind === 'seq') return columnOf(text, dashOf(text, node, 0));
  const own = node.entries.findLast(({ start }) => startsLine(text, start)) ?? node.entries[0];
  return columnOf(text, own?.start ?? node.start);
}

/** The offset of the dash of a list's item. */
export function dashOf(text: string, node: TextNode, index: number): number {
  if (index === 0) return node.start;
  const column = columnOf(text, node.start);
  const end = node.entries[index - 1]?.end ?? node.start;
  for (
    let at = end > 0 && text[end - 1] === '\n' ? end : lineEnd(text, end);
    at < text.length;
    at = lineEnd(text, at)
  ) {
    if (text[at + column] === '-' && text.slice(at, at + column).trim() === '') return at + column;
  }
  throw new UnsupportedEdit('a list that is laid out oddly');
}
