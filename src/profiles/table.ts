/** Finds the profile of an image: a lookup by repository; patterns only where no repository matches. */
import picomatch from 'picomatch';
import { type ImageReference, type RegistryMirror, resolveImage } from './image-reference.ts';
import type { ImageProfile } from './profile.ts';
import { tagInRange } from './version.ts';

/** Where a profile comes from: shipped with Permafrost, or the administrator's own, which wins where both match equally well. */
export type Origin = 'built-in' | 'custom';

export interface ProfileTable {
  /** All profiles, by name. */
  profiles: readonly ImageProfile[];
  /**
   * Finds the most specific profile: by digest, then by tag or range of tags, then by repository, then by pattern.
   *
   * @param reference with mirrors resolved
   * @returns undefined when no profile holds for the image
   */
  find(reference: ImageReference): ImageProfile | undefined;
}

/** Finds the profile of an image as a container names it; undefined also when the name is no valid reference. */
export function matchImage(
  table: ProfileTable,
  image: string,
  mirrors: readonly RegistryMirror[],
): ImageProfile | undefined {
  const reference = resolveImage(image, mirrors);
  return reference && table.find(reference);
}

interface Matcher {
  /** The repository or pattern. */
  image: string;
  /** Of a pattern, the path components before the first wildcard: only repositories below it are tried. */
  base: string | undefined;
  /** Of a pattern; a repository is looked up. */
  matches: ((repository: string) => boolean) | undefined;
  hasTag: ((tag: string) => boolean) | undefined;
}

interface Entry extends Matcher {
  profile: ImageProfile;
  origin: Origin;
}

/** Makes a table. Later profiles do not replace earlier ones; a name that stands twice is the caller's to refuse. */
export function createProfileTable(
  groups: readonly { origin: Origin; profiles: readonly ImageProfile[] }[],
): ProfileTable {
  const byRepository = new Map<string, Entry[]>();
  const byBase = new Map<string, Entry[]>();
  for (const { origin, profiles } of groups) {
    for (const profile of profiles) {
      for (const matcher of matchersOf(profile)) {
        const entry = { profile, origin, ...matcher };
        const [map, key] = matcher.base === undefined ? [byRepository, matcher.image] : [byBase, matcher.base];
        const entries = map.get(key);
        if (entries) entries.push(entry);
        else map.set(key, [entry]);
      }
    }
  }
  for (const entries of byRepository.values()) entries.sort(bySpecificity);
  for (const entries of byBase.values()) entries.sort(bySpecificity);

  return {
    profiles: groups.flatMap((group) => group.profiles).toSorted((a, b) => compare(a.metadata.name, b.metadata.name)),
    find(reference) {
      const { repository } = reference;
      const exact = byRepository.get(repository)?.find((entry) => holds(entry, reference));
      if (exact) return exact.profile;
      const found: Entry[] = [];
      for (let base = repository; base !== ''; base = base.slice(0, Math.max(0, base.lastIndexOf('/')))) {
        const best = byBase.get(base)?.find((entry) => entry.matches?.(repository) && holds(entry, reference));
        if (best) found.push(best);
      }
      const everywhere = byBase.get('')?.find((entry) => entry.matches?.(repository) && holds(entry, reference));
      if (everywhere) found.push(everywhere);
      return found.length > 1 ? found.sort(bySpecificity)[0]?.profile : found[0]?.profile;
    },
  };
}

/** What a profile is found by, one for each image. Compiling takes longest, so it is kept: a profile is never changed, only replaced. */
const compiled = new WeakMap<ImageProfile, Matcher[]>();

function matchersOf(profile: ImageProfile): Matcher[] {
  let matchers = compiled.get(profile);
  if (!matchers) {
    const hasTag = tagMatcher(profile);
    matchers = profile.spec.images.map((image) =>
      /[*{]/.test(image)
        ? { image, base: image.split(/\/[^/]*[*{]/, 1)[0] ?? '', matches: picomatch(image), hasTag }
        : { image, base: undefined, matches: undefined, hasTag },
    );
    for (const matcher of matchers) if (/[*{]/.test(matcher.base ?? '')) matcher.base = '';
    compiled.set(profile, matchers);
  }
  return matchers;
}

/** Whether the conditions of a profile besides the repository hold. Of a reference by digest alone nobody knows the tag. */
function holds(entry: Entry, { tag, digest }: ImageReference): boolean {
  const { digests } = entry.profile.spec;
  if (digests && !(digest !== undefined && digests.includes(digest))) return false;
  if (!entry.hasTag) return true;
  const effective = tag ?? (digest === undefined ? 'latest' : undefined);
  return effective !== undefined && entry.hasTag(effective);
}

function tagMatcher({ spec }: ImageProfile): ((tag: string) => boolean) | undefined {
  const { versions, tags } = spec;
  if (versions === undefined && tags === undefined) return undefined;
  const matchesPattern = tags ? picomatch(tags) : () => true;
  return (tag) => matchesPattern(tag) && (versions === undefined || tagInRange(tag, versions));
}

/** The most specific first; then the administrator's own, more conditions, the longer pattern; by name so that the order is total. */
function bySpecificity(a: Entry, b: Entry): number {
  return (
    weight(b) - weight(a) ||
    compare(b.origin, a.origin) ||
    conditions(b) - conditions(a) ||
    b.image.length - a.image.length ||
    compare(a.profile.metadata.name, b.profile.metadata.name)
  );
}

function weight({ profile: { spec } }: Entry): number {
  if (spec.digests) return 2;
  return spec.versions !== undefined || spec.tags ? 1 : 0;
}

function conditions({ profile: { spec } }: Entry): number {
  return Number(spec.versions !== undefined) + Number(spec.tags !== undefined);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
