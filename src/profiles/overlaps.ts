/** Finds profiles that claim the same images with the same weight, where only the order of their names decides. */
import picomatch from 'picomatch';
import semver from 'semver';
import type { ImageProfile } from './profile.ts';

export interface Overlap {
  /** The repository or pattern that both name. */
  image: string;
  /** The one that is used. */
  winner: ImageProfile;
  loser: ImageProfile;
}

/**
 * Finds overlaps, of each profile and image the first one. Patterns that differ are not compared with each other.
 *
 * @param profiles of one origin: the administrator's own profiles may replace built-in ones
 */
export function findOverlaps(profiles: readonly ImageProfile[]): Overlap[] {
  const byImage = new Map<string, ImageProfile[]>();
  for (const profile of profiles) {
    for (const image of new Set(profile.spec.images)) {
      const same = byImage.get(image);
      if (same) same.push(profile);
      else byImage.set(image, [profile]);
    }
  }
  const overlaps: Overlap[] = [];
  for (const [image, same] of byImage) {
    if (same.length === 1) continue;
    // as src/profiles/table.ts orders what is equal in all else
    same.sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1));
    for (const [index, loser] of same.entries()) {
      const winner = same.slice(0, index).find((earlier) => canHoldTogether(earlier.spec, loser.spec));
      if (winner) overlaps.push({ image, winner, loser });
    }
  }
  return overlaps;
}

type Spec = ImageProfile['spec'];

/** Whether neither is more specific than the other, and some image may be meant by both. */
function canHoldTogether(a: Spec, b: Spec): boolean {
  if ((a.digests === undefined) !== (b.digests === undefined)) return false;
  if (countConditions(a) !== countConditions(b)) return false;
  if (a.digests && !a.digests.some((digest) => b.digests?.includes(digest))) return false;
  if (a.versions !== undefined && b.versions !== undefined && !semver.intersects(a.versions, b.versions)) return false;
  return !(a.tags && b.tags) || canMatchTogether(a.tags, b.tags);
}

function countConditions({ versions, tags }: Spec): number {
  return Number(versions !== undefined) + Number(tags !== undefined);
}

/** Tries what each pattern stands for at its shortest and with something in place of its wildcards. */
function canMatchTogether(a: readonly string[], b: readonly string[]): boolean {
  const [matchesA, matchesB] = [picomatch([...a]), picomatch([...b])];
  const samples = [...a, ...b].flatMap((pattern) => [pattern.replace(/\*+/g, ''), pattern.replace(/\*+/g, '1')]);
  return samples.some((sample) => sample !== '' && matchesA(sample) && matchesB(sample));
}
