/** Looks images up by the names that containers give, and remembers them: a cluster creates pods of the same images again and again. */
import { type ImageReference, type RegistryMirror, resolveImage } from './image-reference.ts';
import type { ImageProfile } from './profile.ts';
import type { ProfileTable } from './table.ts';

export interface KnownImage {
  /** With mirrors resolved; undefined when the name is no valid reference. */
  reference: ImageReference | undefined;
  /** Undefined when the table knows none. */
  profile: ImageProfile | undefined;
}

/** So that nobody can fill the memory with names. */
const remembered = { images: 4096, length: 256 };

const lookups = new WeakMap<ProfileTable, { mirrors: readonly RegistryMirror[]; known: Map<string, KnownImage> }>();

/**
 * Finds what there is to know of an image. What is remembered is forgotten with the table, and when the mirrors change.
 *
 * @param image as a container names it
 */
export function knownImage(table: ProfileTable, mirrors: readonly RegistryMirror[], image: string): KnownImage {
  let lookup = lookups.get(table);
  if (lookup?.mirrors !== mirrors) {
    lookup = { mirrors, known: new Map() };
    lookups.set(table, lookup);
  }
  const { known } = lookup;
  const earlier = known.get(image);
  if (earlier) return earlier;
  const reference = resolveImage(image, mirrors);
  const found = { reference, profile: reference && table.find(reference) };
  if (image.length <= remembered.length) {
    if (known.size >= remembered.images) known.clear();
    known.set(image, found);
  }
  return found;
}
