/** Finds among many patterns the few that can match a text, by how they begin. */

/** Where a pattern of picomatch stops being what it says: https://github.com/micromatch/picomatch#globbing-features */
const special = /[*?[\](){}!+@\\]/;

/** The characters that every text begins with which a pattern matches; none for one that begins with a wildcard or with `./`. */
export function literalPrefix(pattern: string): string {
  // with `|` a pattern is two
  if (pattern.startsWith('.') || pattern.includes('|')) return '';
  const end = pattern.search(special);
  // `a/**` matches `a`, too
  return end === -1 ? pattern : pattern.slice(0, end).replace(/\/+$/, '');
}

export interface PrefixIndex<Item> {
  add(pattern: string, item: Item): void;
  /** Adds to `found` the items of which a pattern begins as the text does: all that can match it, and some others. */
  collect(text: string, found: Set<Item>): void;
}

export function createPrefixIndex<Item>(): PrefixIndex<Item> {
  const byPrefix = new Map<string, Item[]>();
  const lengths = new Set<number>();
  return {
    add(pattern, item) {
      const prefix = literalPrefix(pattern);
      const items = byPrefix.get(prefix);
      if (items) items.push(item);
      else byPrefix.set(prefix, [item]);
      lengths.add(prefix.length);
    },
    collect(text, found) {
      for (const length of lengths) {
        if (length > text.length) continue;
        for (const item of byPrefix.get(text.slice(0, length)) ?? []) found.add(item);
      }
    },
  };
}
