/** Turns the difference of two values into replacements in the text, so that nothing but the difference changes. */

import { behindBlock, blockColumn, blockStyle, dashOf, insertLines, removeLines } from './edit-block.ts';
import { type Added, appendInFlow, flowStyle, removeInFlow, replaceAllInFlow } from './edit-flow.ts';
import { compareLists } from './list-change.ts';
import type { ParsedDocument } from './parse-document.ts';
import { scalarText, UnsupportedEdit } from './scalar-text.ts';
import type { TextEdit } from './text-edit.ts';
import { columnOf, lineEnd, marginOf, startsLine } from './text-lines.ts';
import type { TextEntry, TextNode } from './text-node.ts';
import { type BlockStyle, blockLines, flowText, isNested, itemLines, memberLines } from './value-text.ts';

/** What to do at an alias: `follow` trusts that its anchor changes the same way, `expand` writes the content out. */
export type AliasTreatment = 'follow' | 'expand';

interface Edit {
  text: string;
  isJson: boolean;
  style: BlockStyle;
  aliases: AliasTreatment;
  edits: TextEdit[];
}

/** Where a value stands. */
interface Slot {
  entry: TextEntry;
  parent: TextNode;
}

/**
 * Plans the edits that make `after` out of a document.
 *
 * @throws UnsupportedEdit when the text is laid out so that lines cannot just be put in or taken out
 */
export function planEdits(document: ParsedDocument, after: unknown, aliases: AliasTreatment): TextEdit[] {
  const { text, root, value } = document;
  const edit: Edit = { text, isJson: document.format === 'json', style: blockStyle(text, root), aliases, edits: [] };
  if (!root) throw new UnsupportedEdit('an empty document');
  changeValue(edit, root, undefined, value, after);
  return edit.edits;
}

function changeValue(
  edit: Edit,
  node: TextNode | undefined,
  slot: Slot | undefined,
  before: unknown,
  after: unknown,
): void {
  if (before === after && edit.aliases === 'follow') return;
  if (node?.kind === 'alias') {
    if (edit.aliases === 'expand') replaceValue(edit, node, slot, after);
    return;
  }
  const canGrow = node !== undefined && (node.entries.length > 0 || !slot || slot.parent.flow);
  if (canGrow && isRecord(before) && isRecord(after) && node.kind === 'map') changeMap(edit, node, before, after);
  else if (canGrow && Array.isArray(before) && Array.isArray(after) && node.kind === 'seq')
    changeList(edit, node, before, after);
  else if (!isEqualLeaf(before, after)) replaceValue(edit, node, slot, after);
}

function isEqualLeaf(before: unknown, after: unknown): boolean {
  return (
    Object.is(before, after) ||
    (!isNested(before) && !isNested(after) && JSON.stringify(before) === JSON.stringify(after))
  );
}

function changeMap(edit: Edit, node: TextNode, before: Record<string, unknown>, after: Record<string, unknown>): void {
  const own = new Set<string>();
  const removed = new Set<number>();
  for (const [index, entry] of node.entries.entries()) {
    if (entry.key === undefined) {
      if (edit.aliases === 'expand') throw new UnsupportedEdit('a merge key');
      continue;
    }
    own.add(entry.key);
    if (!Object.hasOwn(after, entry.key)) removed.add(index);
    else changeValue(edit, entry.value, { entry, parent: node }, before[entry.key], after[entry.key]);
  }
  // what a merge key brings is overridden by a key of the map's own
  const added = Object.entries(after)
    .filter(([key, value]) => !own.has(key) && !(Object.hasOwn(before, key) && before[key] === value))
    .map(([key, value]) => ({ key, value }));
  if (node.flow && added.length > 0 && removed.size > 0 && removed.size === node.entries.length) {
    edit.edits.push(replaceAllInFlow(edit.text, node, added, edit.isJson));
    return;
  }
  remove(edit, node, removed);
  const lines = () => added.flatMap(({ key, value }) => memberLines(key, value, edit.style));
  append(edit, node, added, lines);
}

function changeList(edit: Edit, node: TextNode, before: readonly unknown[], after: readonly unknown[]): void {
  const steps = compareLists(before, after);
  if (node.flow && before.length > 0 && after.length > 0 && !steps.some(({ kind }) => kind === 'keep')) {
    const items = after.map((value) => ({ value }));
    edit.edits.push(replaceAllInFlow(edit.text, node, items, edit.isJson));
    return;
  }
  const removed = new Set<number>();
  const appended: { value: unknown }[] = [];
  for (const step of steps) {
    if (step.kind === 'remove') removed.add(step.from);
    else if (step.kind === 'insert') {
      if (step.from === before.length) appended.push({ value: after[step.to] });
      else insertBefore(edit, node, step.from, after[step.to]);
    } else {
      const entry = node.entries[step.from];
      if (!entry) throw new UnsupportedEdit('a list that is not written out');
      changeValue(edit, entry.value, { entry, parent: node }, before[step.from], after[step.to]);
    }
  }
  remove(edit, node, removed);
  append(edit, node, appended, () => appended.flatMap(({ value }) => itemLines(value, edit.style)));
}

function append(edit: Edit, node: TextNode, added: readonly Added[], lines: () => string[]): void {
  if (added.length === 0) return;
  if (node.flow) edit.edits.push(appendInFlow(edit.text, node, added, edit.isJson));
  else insertBehind(edit, node, lines());
}

function remove(edit: Edit, node: TextNode, removed: ReadonlySet<number>): void {
  if (removed.size === 0) return;
  if (node.flow) edit.edits.push(...removeInFlow(node, removed));
  else if (removed.size === node.entries.length) throw new UnsupportedEdit('a block without entries');
  else for (const index of removed) edit.edits.push(removeLines(edit.text, node, index));
}

function insertBehind(edit: Edit, node: TextNode, lines: readonly string[]): void {
  const column = blockColumn(edit.text, node);
  edit.edits.push(insertLines(edit.text, behindBlock(edit.text, node.end, column), lines, column));
}

function insertBefore(edit: Edit, node: TextNode, index: number, item: unknown): void {
  const { text } = edit;
  const entry = node.entries[index];
  if (!entry) throw new RangeError(`no entry ${index}`);
  if (node.flow) {
    const style = flowStyle(text, node, edit.isJson);
    const gap = startsLine(text, entry.start) ? style.eol + marginOf(text, entry.start) : style.gap;
    edit.edits.push({ start: entry.start, end: entry.start, text: `${flowText(item, style, '')},${gap}` });
    return;
  }
  const dash = dashOf(text, node, index);
  const column = columnOf(text, dash);
  if (!startsLine(text, dash)) throw new UnsupportedEdit('a list behind a dash');
  edit.edits.push(insertLines(text, dash - column, itemLines(item, edit.style), column));
}

function replaceValue(edit: Edit, node: TextNode | undefined, slot: Slot | undefined, after: unknown): void {
  const { text, edits } = edit;
  const inFlow = edit.isJson || slot?.parent.flow === true || (slot === undefined && node?.flow === true);
  const range = node ?? { start: slot?.entry.valueFrom ?? 0, end: slot?.entry.valueFrom ?? 0 };
  const space = node ? '' : ' ';
  if (inFlow) {
    const style = flowStyle(text, slot?.parent ?? (range as TextNode), edit.isJson);
    edits.push({ start: range.start, end: range.end, text: space + flowText(after, style, '') });
    return;
  }
  const isBlock = node && !node.flow && node.entries.length > 0;
  if (isBlock || !slot) throw new UnsupportedEdit('another kind of block');
  if (!isNested(after)) {
    const tail = node && text[node.end - 1] === '\n' ? '\n' : '';
    edits.push({ start: range.start, end: range.end, text: space + scalarText(after, 'block') + tail });
    return;
  }
  if (slot.parent.kind === 'seq') {
    const margin = ' '.repeat(columnOf(text, range.start));
    const lines = blockLines(after, edit.style);
    edits.push({ start: range.start, end: range.end, text: space + lines.join(`\n${margin}`) });
    return;
  }
  // the key's line keeps its comment; the block goes below
  edits.push({ start: slot.entry.valueFrom, end: range.end, text: '' });
  const indent = Array.isArray(after) ? edit.style.seqIndent : edit.style.step;
  const column = columnOf(text, slot.entry.start) + indent;
  edits.push(insertLines(text, lineEnd(text, range.end), blockLines(after, edit.style), column));
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
