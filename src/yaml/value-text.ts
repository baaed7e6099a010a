/** New values as text, in the style of the text around them. */
import { quoted, scalarText, stringText } from './scalar-text.ts';

export interface BlockStyle {
  /** Spaces of one level: usually 2. */
  step: number;
  /** Spaces between a key and the dashes of its list: `step`, or 0 as kubectl writes it. */
  seqIndent: number;
}

/** Whether a value is written in more than one line in block style. */
export function isNested(value: unknown): value is object {
  return typeof value === 'object' && value !== null && Object.keys(value).length > 0;
}

/** The lines of a value in block style, the first one without indentation, the others relative to it. */
export function blockLines(value: unknown, style: BlockStyle): string[] {
  if (!isNested(value)) return [scalarText(value, 'block')];
  if (Array.isArray(value)) return value.flatMap((item) => itemLines(item, style));
  return Object.entries(value).flatMap(([key, child]) => memberLines(key, child, style));
}

/** `key: value`, and the lines below it. */
export function memberLines(key: string, value: unknown, style: BlockStyle): string[] {
  const name = stringText(key, false);
  if (!isNested(value)) return [`${name}: ${scalarText(value, 'block')}`];
  const indent = ' '.repeat(Array.isArray(value) ? style.seqIndent : style.step);
  return [`${name}:`, ...blockLines(value, style).map((line) => indent + line)];
}

/** `- value`, and the lines below it. */
export function itemLines(value: unknown, style: BlockStyle): string[] {
  return blockLines(value, style).map((line, index) => (index === 0 ? `- ${line}` : `  ${line}`));
}

export interface FlowStyle {
  /** Keys and strings in double quotes. */
  json: boolean;
  /** Behind a colon and behind a comma: a space, or nothing in compact JSON. */
  gap: string;
  /** One level of indentation when values may take several lines; undefined when they stay on one. */
  indent: string | undefined;
  eol: string;
}

/**
 * A value in brackets.
 *
 * @param margin the white space at the start of the line that the value is on
 */
export function flowText(value: unknown, style: FlowStyle, margin: string): string {
  if (typeof value !== 'object' || value === null) return scalarText(value, style.json ? 'json' : 'flow');
  const isList = Array.isArray(value);
  const [open, close] = isList ? '[]' : '{}';
  const inner = margin + (style.indent ?? '');
  const parts = isList
    ? value.map((item) => flowText(item, style, inner))
    : Object.entries(value).map(([key, child]) => flowMember(key, child, style, inner));
  if (parts.length === 0) return `${open}${close}`;
  if (style.indent === undefined) return `${open}${parts.join(`,${style.gap}`)}${close}`;
  const lines = parts.map((part) => inner + part).join(`,${style.eol}`);
  return `${open}${style.eol}${lines}${style.eol}${margin}${close}`;
}

/** `key: value` in brackets. */
export function flowMember(key: string, value: unknown, style: FlowStyle, margin: string): string {
  const name = style.json ? quoted(key) : stringText(key, true);
  return `${name}:${style.json ? style.gap : ' '}${flowText(value, style, margin)}`;
}
