/** Changes within brackets: JSON, and YAML's flow style. */
import type { TextEdit } from './text-edit.ts';
import { eolOf, marginOf, startsLine } from './text-lines.ts';
import type { TextNode } from './text-node.ts';
import { type FlowStyle, flowMember, flowText } from './value-text.ts';

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
export function appendInFlow(
  text: string,
  node: TextNode,
  added: readonly { key?: string; value: unknown }[],
  isJson: boolean,
): TextEdit {
  const style = flowStyle(text, node, isJson);
  const last = node.entries.at(-1);
  const write = (lineStyle: FlowStyle, margin: string) =>
    added.map(({ key, value }) =>
      key === undefined ? flowText(value, lineStyle, margin) : flowMember(key, value, lineStyle, margin),
    );

  if (!last) {
    const inner = text.slice(node.start + 1, node.end - 1);
    const indent = isJson ? indentOf(text) : undefined;
    const range = { start: node.start + 1, end: node.end - 1 };
    if (indent !== undefined) {
      const margin = marginOf(text, node.start);
      const parts = write({ ...style, indent }, margin + indent).map((part) => margin + indent + part);
      return { ...range, text: `${style.eol}${parts.join(`,${style.eol}`)}${style.eol}${margin}` };
    }
    const padding = inner === ' ' ? ' ' : '';
    return { ...range, text: padding + write(style, '').join(`,${style.gap}`) + padding };
  }

  const ownLine = startsLine(text, last.start);
  const margin = marginOf(text, last.start);
  const indent = ownLine && isJson ? (indentOf(text) ?? '  ') : undefined;
  const separator = ownLine ? `${style.eol}${margin}` : style.gap;
  const parts = write({ ...style, indent }, margin);
  const comma = /^\s*,/.exec(text.slice(last.end, node.end));
  if (comma) {
    const at = last.end + comma[0].length;
    return { start: at, end: at, text: parts.map((part) => `${separator}${part},`).join('') };
  }
  return { start: last.end, end: last.end, text: parts.map((part) => `,${separator}${part}`).join('') };
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
