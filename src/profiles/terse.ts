import type { ImageProfile } from './profile.ts';

/**
 * Leaves out what only people read: purposes, sources and notes are half of the built-in table, and a webhook keeps the table in
 * memory as long as it runs.
 */
export function terse({ spec: { notes: _, ...spec }, ...profile }: ImageProfile): ImageProfile {
  const writablePaths = spec.writablePaths?.map(({ sources: _, ...path }) => ({ ...path, purpose: '' }));
  return { ...profile, spec: { ...spec, sources: [], ...(writablePaths && { writablePaths }) } };
}
