/** Looks images up by the names that containers give, and remembers them: a cluster creates pods of the same images again and again. */
import { remember } from '../remember.ts';
import { type ImageReference, type RegistryMirror, resolveImage } from './image-reference.ts';
import type { ImageProfile } from './profile.ts';
import type { ProfileTable } from './table.ts';

export interface KnownImage {
  /** With mirrors resolved; undefined when the name is no valid reference. */
  reference: ImageReference | undefined;
  /** Undefined when the table knows none. */
  profile: ImageProfile | undefined;
}

const lookups = new WeakMap<
  ProfileTable,
  { mirrors: readonly RegistryMirror[]; find: (image: string) => KnownImage }
>();

/**
 * Finds what there is to know of an image. What is remembered is forgotten with the table, and when the mirrors change.
 *
 * @param image as a container names it
 */
export function knownImage(table: ProfileTable, mirrors: readonly RegistryMirror[], image: string): KnownImage {
  let lookup = lookups.get(table);
  if (lookup?.mirrors !== mirrors) {
    const find = remember(4096, (name): KnownImage => {
      const reference = resolveImage(name, mirrors);
      return { reference, profile: reference && table.find(reference) };
    });
    lookup = { mirrors, find };
    lookups.set(table, lookup);
  }
  return lookup.find(image);
}
