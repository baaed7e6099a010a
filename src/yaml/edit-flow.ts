/** Changes within brackets: JSON, and YAML's flow style. */
import type { TextEdit } from './text-edit.ts';
import { eolOf, marginOf, startsLine } from './text-lines.ts';
import type { TextEntry, TextNode } from './text-node.ts';
import { type FlowStyle, flowMember, flowText } from './value-text.ts';

/** A member of a map, or an item of a list when it has no key. */
export interface Added {
  key?: string;
  value: unknown;
}

/** The style of the text in brackets around a node. */
export function flowStyle(text: string, node: TextNode, isJson: boolean): FlowStyle {
  const [first] = node.entries;
  const json = isJson || (first !== undefined && text[first.start] === '"');
  const around = text.slice(node.start, Math.min(node.end, node.start + 400));
  const compact =
    json && (/[":\]}\d],["[{]|":["[{\dtfn]/.test(around) || (!first && isJson && !/": /.test(text.slice(0, 400))));
  return { json, gap: compact ? '' : ' ', indent: undefined, eol: eolOf(text) };
}

/** Adds members or items behind the last one, on lines of their own if that is where the last one is. */
export function appendInFlow(text: string, node: TextNode, added: readonly Added[], isJson: boolean): TextEdit {
  const style = flowStyle(text, node, isJson);
  const last = node.entries.at(-1);
  if (!last) {
    const inner = text.slice(node.start + 1, node.end - 1);
    const indent = isJson ? indentOf(text) : undefined;
    const range = { start: node.start + 1, end: node.end - 1 };
    if (indent !== undefined) {
      const margin = marginOf(text, node.start);
      const parts = write(added, { ...style, indent }, margin + indent).map((part) => margin + indent + part);
      return { ...range, text: `${style.eol}${parts.join(`,${style.eol}`)}${style.eol}${margin}` };
    }
    const padding = inner === ' ' ? ' ' : '';
    return { ...range, text: padding + write(added, style, '').join(`,${style.gap}`) + padding };
  }

  const { parts, separator } = writeLike(text, last, style, added, isJson);
  const comma = /^\s*,/.exec(text.slice(last.end, node.end));
  if (comma) {
    const at = last.end + comma[0].length;
    return { start: at, end: at, text: parts.map((part) => `${separator}${part},`).join('') };
  }
  return { start: last.end, end: last.end, text: parts.map((part) => `,${separator}${part}`).join('') };
}

/** Puts members or items in the place of all that there are, of which there is at least one. */
export function replaceAllInFlow(text: string, node: TextNode, added: readonly Added[], isJson: boolean): TextEdit {
  const first = node.entries[0];
  const last = node.entries.at(-1);
  if (!first || !last) throw new RangeError('nothing to replace');
  const { parts, separator } = writeLike(text, first, flowStyle(text, node, isJson), added, isJson);
  return { start: first.start, end: last.end, text: parts.join(`,${separator}`) };
}

/** Members or items on lines of their own if that is where a neighbour is, and what stands between them behind the comma. */
function writeLike(
  text: string,
  neighbour: TextEntry,
  style: FlowStyle,
  added: readonly Added[],
  isJson: boolean,
): { parts: string[]; separator: string } {
  const ownLine = startsLine(text, neighbour.start);
  const margin = marginOf(text, neighbour.start);
  const indent = ownLine && isJson ? (indentOf(text) ?? '  ') : undefined;
  return { parts: write(added, { ...style, indent }, margin), separator: ownLine ? style.eol + margin : style.gap };
}

function write(added: readonly Added[], style: FlowStyle, margin: string): string[] {
  return added.map(({ key, value }) =>
    key === undefined ? flowText(value, style, margin) : flowMember(key, value, style, margin),
  );
}

/** Takes members or items out, each with one comma. */
export function removeInFlow(node: TextNode, removed: ReadonlySet<number>): TextEdit[] {
  const { entries } = node;
  const lastKept = entries.findLastIndex((_, index) => !removed.has(index));
  return [...removed].map((index) => {
    const entry = entries[index];
    const next = entries[index + 1];
    const previous = entries[index - 1];
    if (!entry) throw new RangeError(`no entry ${index}`);
    if (index < lastKept && next) return { start: entry.start, end: next.start, text: '' };
    return { start: previous?.end ?? entry.start, end: entry.end, text: '' };
  });
}

/** One level of indentation of a JSON text; undefined when it is all on one line. */
function indentOf(text: string): string | undefined {
  return /^\s*[[{]\s*?\n([ \t]+)/.exec(text.slice(0, 4096))?.[1];
}
