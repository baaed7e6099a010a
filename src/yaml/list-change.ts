import { isDeepStrictEqual } from 'node:util';
import { UnsupportedEdit } from './scalar-text.ts';

/** How a list became another: items that stay (maybe changed within), go, and come. */
export type ListStep =
  | { kind: 'keep'; from: number; to: number }
  | { kind: 'remove'; from: number }
  /** Before the item `from`; at the end when `from` is the length. */
  | { kind: 'insert'; from: number; to: number };

/**
 * Pairs the items of two lists: the same length item by item; else what is equal at both ends, and between them what has the
 * same name or is equal.
 *
 * @throws UnsupportedEdit when items changed their order
 */
export function compareLists(before: readonly unknown[], after: readonly unknown[]): ListStep[] {
  if (before.length === after.length) return before.map((_, index) => ({ kind: 'keep', from: index, to: index }));
  const steps: ListStep[] = [];
  let from = 0;
  let to = 0;
  while (from < before.length || to < after.length) {
    if (from < before.length && to < after.length && isSame(before[from], after[to])) {
      steps.push({ kind: 'keep', from: from++, to: to++ });
    } else if (to < after.length && !before.slice(from).some((item) => isSame(item, after[to]))) {
      steps.push({ kind: 'insert', from, to: to++ });
    } else if (from < before.length && !after.slice(to).some((item) => isSame(before[from], item))) {
      steps.push({ kind: 'remove', from: from++ });
    } else {
      throw new UnsupportedEdit('items in another order');
    }
  }
  return steps;
}

function isSame(a: unknown, b: unknown): boolean {
  if (a === b || isDeepStrictEqual(a, b)) return true;
  const name = nameOf(a);
  return name !== undefined && name === nameOf(b) && pathOf(a) === pathOf(b);
}

function nameOf(value: unknown): unknown {
  return isRecord(value) ? value['name'] : undefined;
}

/** Two mounts of one volume have one name. */
function pathOf(value: unknown): unknown {
  return isRecord(value) ? value['mountPath'] : undefined;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
