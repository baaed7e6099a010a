import jsonPatch from 'fast-json-patch';
import type { Pod } from './pod.ts';

export type PatchOperation = jsonPatch.Operation;

/**
 * Compares a pod with its hardened form. Parts that both share by reference are not looked into.
 *
 * @returns a JSON Patch (RFC 6902) that makes `after` out of `before`; empty when they are the same
 */
export function createPatch(before: Pod, after: Pod): PatchOperation[] {
  return before === after ? [] : jsonPatch.compare(before, after);
}
