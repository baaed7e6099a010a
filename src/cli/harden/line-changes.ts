import { diffArrays } from 'diff';
import { applyEdits, sortEdits, type TextEdit } from '../../yaml/text-edit.ts';
import { lineEnd, lineStart } from '../../yaml/text-lines.ts';

/** Lines that stay, or lines that go and lines that come in their place. */
export type LineChange = { kept: string[] } | { removed: string[]; added: string[] };

/** Compares two texts line by line; from the edits where they are known, since comparing long texts takes long. */
export function lineChanges(before: string, after: string, edits: readonly TextEdit[] | undefined): LineChange[] {
  if (before === after) return [{ kept: linesOf(before) }];
  return edits ? fromEdits(before, edits) : fromTexts(before, after);
}

function fromTexts(before: string, after: string): LineChange[] {
  const changes: LineChange[] = [];
  for (const { added, removed, value } of diffArrays(linesOf(before), linesOf(after))) {
    const last = changes.at(-1);
    if (!added && !removed) changes.push({ kept: value });
    else if (last && 'added' in last) last[added ? 'added' : 'removed'].push(...value);
    else changes.push({ removed: removed ? value : [], added: added ? value : [] });
  }
  return changes;
}

function fromEdits(before: string, edits: readonly TextEdit[]): LineChange[] {
  const groups: { start: number; end: number; edits: TextEdit[] }[] = [];
  for (const edit of sortEdits(edits)) {
    const isWholeLines = lineStart(before, edit.start) === edit.start && lineStart(before, edit.end) === edit.end;
    const isLines = isWholeLines && (edit.text === '' || edit.text.endsWith('\n')) && edit.start < before.length;
    const start = isLines ? edit.start : lineStart(before, edit.start);
    const end = isLines ? edit.end : lineEnd(before, edit.end);
    const last = groups.at(-1);
    if (last && start < last.end) {
      last.end = Math.max(last.end, end);
      last.edits.push(edit);
    } else groups.push({ start, end, edits: [edit] });
  }
  const changes: LineChange[] = [];
  let at = 0;
  for (const { start, end, edits: own } of groups) {
    changes.push({ kept: linesOf(before.slice(at, start)) });
    const moved = own.map((edit) => ({ ...edit, start: edit.start - start, end: edit.end - start }));
    const old = before.slice(start, end);
    changes.push(...fromTexts(old, applyEdits(old, moved)));
    at = end;
  }
  changes.push({ kept: linesOf(before.slice(at)) });
  return changes;
}

/** Each with its line break. */
function linesOf(text: string): string[] {
  return text === '' ? [] : text.split(/(?<=\n)/);
}
