/** The way for what text surgery cannot do: the library's own document, with aliases written out. Comments stay, spacing may not. */
import {
  type Document,
  isAlias,
  isCollection,
  isMap,
  isScalar,
  isSeq,
  type Node,
  type Pair,
  parseDocument,
  visit,
  type YAMLMap,
  type YAMLSeq,
} from 'yaml';
import { blockStyle } from './edit-block.ts';
import { compareLists } from './list-change.ts';
import type { ParsedDocument } from './parse-document.ts';
import { eolOf } from './text-lines.ts';
import { kubernetesYaml } from './yaml-text.ts';

/**
 * Writes a document anew with another value.
 *
 * @param blockQuote whether strings may be block scalars; the library loses leading spaces of some
 */
export function rewriteDocument({ text, root, value }: ParsedDocument, after: unknown, blockQuote: boolean): string {
  const { step, seqIndent } = blockStyle(text, root);
  const document = parseDocument(text, { ...kubernetesYaml, intAsBigInt: true, compat: 'core' });
  if (document.contents) {
    const contents = writeOut(document.contents, document) as typeof document.contents;
    // only now, since aliases were looked up by them
    visit(document, {
      Node: (_key, node) => {
        if ('anchor' in node) delete node.anchor;
      },
    });
    document.contents = change(document, contents, value, after) as typeof document.contents;
  }
  const written = document.toString({
    lineWidth: 0,
    blockQuote,
    indent: Math.max(step, 1),
    indentSeq: seqIndent > 0,
    flowCollectionPadding: /\{ /.test(text),
  });
  const eol = eolOf(text);
  const result = eol === '\n' ? written : written.replaceAll('\n', eol);
  return text.endsWith('\n') ? result : result.replace(/\r?\n$/, '');
}

/** The node with a copy of its content in place of each alias and merge key. */
function writeOut(node: Node, document: Document): Node {
  if (isAlias(node)) {
    const target = node.resolve(document);
    if (!target) return node;
    const copy = target.clone() as Node;
    if ('anchor' in copy) delete copy.anchor;
    copy.commentBefore = null;
    copy.comment = node.comment ?? null;
    return writeOut(copy, document);
  }
  if (isSeq(node)) node.items = (node as YAMLSeq<Node>).items.map((item) => writeOut(item, document));
  if (isMap(node)) writeOutMap(node as YAMLMap<Node, Node | null>, document);
  return node;
}

function writeOutMap(map: YAMLMap<Node, Node | null>, document: Document): void {
  const isMerge = (pair: Pair<Node, Node | null>) =>
    isScalar(pair.key) && (pair.key.value === '<<' || typeof pair.key.value === 'symbol');
  const own = new Set(map.items.filter((pair) => !isMerge(pair)).map((pair) => String(pair.key)));
  const items: Pair<Node, Node | null>[] = [];
  for (const pair of map.items) {
    if (pair.value) pair.value = writeOut(pair.value, document);
    if (!isMerge(pair)) {
      items.push(pair);
      continue;
    }
    const sources = isSeq(pair.value) ? (pair.value.items as Node[]) : [pair.value];
    for (const source of sources) {
      for (const merged of isMap(source) ? (source as YAMLMap<Node, Node | null>).items : []) {
        if (own.has(String(merged.key))) continue;
        own.add(String(merged.key));
        items.push(merged);
      }
    }
  }
  map.items = items;
}

function change(document: Document, node: Node | null, before: unknown, after: unknown): Node {
  if (node && before === after) return node;
  if (isMap(node) && isRecord(before) && isRecord(after)) {
    const map = node as YAMLMap<Node, Node | null>;
    map.items = map.items.filter((pair) => Object.hasOwn(after, keyOf(pair.key)));
    const own = new Map(map.items.map((pair) => [keyOf(pair.key), pair]));
    for (const [key, value] of Object.entries(after)) {
      const pair = own.get(key);
      if (pair) pair.value = change(document, pair.value, before[key], value);
      else map.items.push(document.createPair(key, value, noAnchors) as Pair<Node, Node | null>);
    }
    if (map.items.length > 0 && Object.keys(before).length === 0) map.flow = false;
    return map;
  }
  if (isSeq(node) && Array.isArray(before) && Array.isArray(after)) {
    const seq = node as YAMLSeq<Node>;
    const old = seq.items;
    seq.items = compareLists(before, after).flatMap((step) => {
      if (step.kind === 'remove') return [];
      if (step.kind === 'insert') return [document.createNode(after[step.to], noAnchors) as Node];
      return [change(document, old[step.from] ?? null, before[step.from], after[step.to])];
    });
    return seq;
  }
  if (node && !isCollection(node) && Object.is(before, after)) return node;
  const created = document.createNode(after, noAnchors) as Node;
  if (node && isScalar(created)) {
    created.comment = node.comment ?? null;
    created.commentBefore = node.commentBefore ?? null;
  }
  return created;
}

const noAnchors = { aliasDuplicateObjects: false };

function keyOf(key: Node): string {
  return String(isScalar(key) ? (key.value ?? '') : key);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
