/** Reads YAML as Kubernetes does, with places. */
import { isAlias, isMap, isPair, isScalar, isSeq, type Node, type ParsedNode, parseDocument, type Tags } from 'yaml';
import { duplicateKey } from './json-text.ts';
import { maxDepth, type ParseProblem, tooDeep } from './parse-problem.ts';
import type { TextEntry, TextNode } from './text-node.ts';

/** What go-yaml 2 knows as a word and we read the same way; dates and sexagesimal numbers stay strings there (resolve.go). */
function kubernetesTags(tags: Tags): Tags {
  return tags.filter(
    (tag) => typeof tag === 'string' || (!unknownToGo.has(tag.tag) && !('format' in tag && tag.format === 'TIME')),
  );
}
const unknownToGo = new Set(['timestamp', 'binary', 'omap', 'pairs', 'set'].map((name) => `tag:yaml.org,2002:${name}`));

/**
 * How Kubernetes reads YAML: sigs.k8s.io/yaml is a go-yaml 2, that is YAML 1.1 whatever a directive says, with merge keys.
 * Keys that stand twice are looked for in `parseYaml`: the library compares each key with each.
 */
export const kubernetesYaml = {
  version: '1.1',
  schema: 'yaml-1.1',
  merge: true,
  resolveKnownTags: false,
  customTags: kubernetesTags,
  uniqueKeys: false,
  prettyErrors: false,
  logLevel: 'error',
} as const;

/** More would be a "billion laughs" file; what is below costs no time that anybody notices. */
const maxAliasCount = 10_000;

export interface YamlText {
  value: unknown;
  root: TextNode | undefined;
  duplicates: ParseProblem[];
}

/** Parses the text of one document. */
export function parseYaml(text: string): YamlText | { broken: ParseProblem } {
  try {
    const document = parseDocument(text, kubernetesYaml);
    const [error] = document.errors;
    if (error?.message.includes('call stack')) return { broken: { offset: error.pos[0], message: tooDeep } };
    if (error) return { broken: { offset: error.pos[0], message: explain(error.code, error.message) } };
    const contents = document.contents;
    if (!contents) return { value: null, root: undefined, duplicates: [] };
    const check = checkNodes(text, contents);
    if ('broken' in check) return check;
    const root = toTextNode(text, contents);
    return { value: document.toJS({ maxAliasCount }), root, duplicates: check.duplicates };
  } catch (error) {
    const { message } = error as Error;
    if (error instanceof RangeError) return { broken: { offset: 0, message: tooDeep } };
    if (error instanceof ReferenceError) {
      return {
        broken: { offset: 0, message: `not readable: ${message}; write the content out instead of using aliases` },
      };
    }
    throw error;
  }
}

/** One walk over the nodes: depth, keys that stand twice, aliases that contain themselves. */
function checkNodes(text: string, contents: ParsedNode): { duplicates: ParseProblem[] } | { broken: ParseProblem } {
  const duplicates: ParseProblem[] = [];
  const anchors = new Map<string, { node: Node; closed: boolean }>();
  let broken: ParseProblem | undefined;
  const walk = (node: Node | null | undefined, depth: number): void => {
    if (broken || !node) return;
    const offset = node.range?.[0] ?? 0;
    if (depth > maxDepth) broken ??= { offset, message: tooDeep };
    if (isAlias(node)) {
      const target = anchors.get(node.source);
      if (!target)
        broken ??= { offset, message: `the alias *${node.source} has no anchor &${node.source} before it; add one` };
      else if (!target.closed)
        broken ??= { offset, message: `the alias *${node.source} contains itself; write the content out` };
      return;
    }
    const anchored = 'anchor' in node && node.anchor ? { node, closed: false } : undefined;
    if (anchored && 'anchor' in node && node.anchor) anchors.set(node.anchor, anchored);
    if (isMap(node)) {
      const keys = new Set<string>();
      for (const { key, value } of node.items as { key: Node; value: Node | null }[]) {
        const name = keyOf(key, text);
        if (name !== undefined && keys.has(name)) {
          duplicates.push({ offset: key.range?.[0] ?? 0, message: duplicateKey(name) });
        }
        if (name !== undefined) keys.add(name);
        walk(key, depth + 1);
        walk(value, depth + 1);
      }
    } else if (isSeq(node)) {
      for (const item of node.items as Node[]) {
        if (isPair(item)) walk(item.value as Node, depth + 2);
        else walk(item, depth + 1);
      }
    }
    if (anchored) anchored.closed = true;
  };
  walk(contents, 0);
  return broken ? { broken } : { duplicates };
}

/** The key as the decoded value has it; undefined for a merge key and for a key that is no scalar. */
function keyOf(key: Node, text: string): string | undefined {
  if (!isScalar(key)) return undefined;
  if (key.value === '<<' || typeof key.value === 'symbol') {
    if (text[key.range?.[0] ?? 0] === '<') return undefined;
  }
  return String(key.value ?? '');
}

/** The place of a node of the library, its entries found when asked for. */
export function toTextNode(text: string, node: Node): TextNode {
  const start = node.range?.[0] ?? 0;
  const kind = isMap(node) ? 'map' : isSeq(node) ? 'seq' : isAlias(node) ? 'alias' : 'scalar';
  const flow = (isMap(node) || isSeq(node)) && node.flow === true;
  let entries: TextEntry[] | undefined;
  const result: TextNode = {
    kind,
    start,
    flow,
    end: 0,
    get entries() {
      entries ??= readEntries(text, node);
      return entries;
    },
  };
  const isBlock = (kind === 'map' || kind === 'seq') && !flow;
  result.end = (isBlock ? result.entries.at(-1)?.end : undefined) ?? scalarEnd(text, node);
  return result;
}

function readEntries(text: string, node: Node): TextEntry[] {
  if (isMap(node)) {
    return (node.items as { key: Node; value: Node | null }[]).map(({ key, value }) => {
      const [start, keyEnd] = key.range ?? [0, 0];
      const colon = text.indexOf(':', keyEnd);
      const valueFrom = colon === -1 ? keyEnd : colon + 1;
      return entry(text, keyOf(key, text), start, valueFrom, value);
    });
  }
  if (isSeq(node)) {
    return (node.items as Node[]).map((item) => {
      const start = (isPair(item) ? (item.key as Node) : item).range?.[0] ?? 0;
      return entry(text, undefined, start, start, isPair(item) ? null : item);
    });
  }
  return [];
}

function entry(text: string, key: string | undefined, start: number, valueFrom: number, value: Node | null): TextEntry {
  const [from, to] = value?.range ?? [0, 0];
  if (!value || (isScalar(value) && from === to)) return { key, start, valueFrom, end: valueFrom, value: undefined };
  const node = toTextNode(text, value);
  return { key, start, valueFrom, end: node.end, value: node };
}

/** A block scalar's range has the blank lines below it, which belong to it only under the indicator `+`. */
function scalarEnd(text: string, node: Node): number {
  const [start, end] = node.range ?? [0, 0];
  if (!isScalar(node) || (node.type !== 'BLOCK_LITERAL' && node.type !== 'BLOCK_FOLDED')) return end;
  if (/^[|>]\d?\+/.test(text.slice(start, start + 3))) return end;
  return start + text.slice(start, end).trimEnd().length;
}

const remedies: Record<string, string> = {
  TAB_AS_INDENT: 'indent with spaces',
  BAD_INDENT: 'check the indentation and that all brackets are closed',
  MISSING_CHAR: 'close the quote or bracket; is the file complete?',
  BLOCK_AS_IMPLICIT_KEY: 'check the indentation, or quote a value that contains ": "',
  MULTILINE_IMPLICIT_KEY: 'check the indentation, and that each key has its ":"',
  BAD_SCALAR_START: 'quote the value',
  BAD_ALIAS: 'quote a value that starts with "*" or "&"',
  BAD_DQ_ESCAPE: 'write \\\\ for a backslash, or use single quotes',
  MULTIPLE_DOCS: 'separate documents with a line ---',
};

function explain(code: string, message: string): string {
  return `not valid YAML: ${message.replace(/\.$/, '')}; ${remedies[code] ?? 'check this line and the one above it'}`;
}
