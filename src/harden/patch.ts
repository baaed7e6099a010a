/**
 * Compares a pod with its hardened form. Both share by reference what did not change, and here that is what counts: fast-json-patch
 * looks into lists and maps that are the same, copies every value that it puts into the patch, and takes seven times as long
 * (docs/benchmarks.md). Tests apply every patch with it.
 */
import type { AddOperation, RemoveOperation, ReplaceOperation } from 'fast-json-patch';
import type { Pod } from './pod.ts';

export type PatchOperation = AddOperation<unknown> | RemoveOperation | ReplaceOperation<unknown>;

/**
 * Makes a patch. Its values are parts of `after`, not copies.
 *
 * @returns a JSON Patch (RFC 6902) that makes `after` out of `before`; empty when they are the same
 */
export function createPatch(before: Pod, after: Pod): PatchOperation[] {
  const patch: PatchOperation[] = [];
  compare(before, after, '', patch);
  return patch;
}

function compare(before: unknown, after: unknown, path: string, patch: PatchOperation[]): void {
  if (before === after) return;
  if (Array.isArray(before) && Array.isArray(after)) compareLists(before, after, path, patch);
  else if (isMap(before) && isMap(after)) compareMaps(before, after, path, patch);
  else patch.push({ op: 'replace', path, value: after });
}

/** What is undefined is not there, as JSON has it. */
function compareMaps(
  before: Record<string, unknown>,
  after: Record<string, unknown>,
  path: string,
  patch: PatchOperation[],
): void {
  for (const key in before) {
    if (before[key] === undefined) continue;
    const value = Object.hasOwn(after, key) ? after[key] : undefined;
    if (value === undefined) patch.push({ op: 'remove', path: `${path}/${pointerStep(key)}` });
    else if (value !== before[key]) compare(before[key], value, `${path}/${pointerStep(key)}`, patch);
  }
  for (const key in after) {
    const value = after[key];
    if (value === undefined || (Object.hasOwn(before, key) && before[key] !== undefined)) continue;
    patch.push({ op: 'add', path: `${path}/${pointerStep(key)}`, value });
  }
}

/** What is the same at both ends stays; between them, items are compared in their order, and the rest is added or removed. */
function compareLists(
  before: readonly unknown[],
  after: readonly unknown[],
  path: string,
  patch: PatchOperation[],
): void {
  const shorter = Math.min(before.length, after.length);
  let tail = 0;
  // only where the length changed: of equally long lists each item has its counterpart
  if (before.length !== after.length) {
    while (tail < shorter && before[before.length - 1 - tail] === after[after.length - 1 - tail]) tail++;
  }
  const common = shorter - tail;
  for (let index = 0; index < common; index++) compare(before[index], after[index], `${path}/${index}`, patch);
  for (let index = before.length - tail - 1; index >= common; index--) {
    patch.push({ op: 'remove', path: `${path}/${index}` });
  }
  for (let index = common; index < after.length - tail; index++) {
    patch.push({ op: 'add', path: `${path}/${index}`, value: after[index] });
  }
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** JSON Pointer: https://www.rfc-editor.org/rfc/rfc6901#section-3 */
function pointerStep(key: string): string {
  return key.includes('~') || key.includes('/') ? key.replaceAll('~', '~0').replaceAll('/', '~1') : key;
}
