/** A value in a text and where it stands: what text surgery needs to know, the same for YAML and JSON. */
export interface TextNode {
  kind: 'map' | 'seq' | 'scalar' | 'alias';
  /** Offset of the first character, behind anchor and tag. */
  start: number;
  /** Offset behind the last character; of a block collection, behind its last value. */
  end: number;
  /** In brackets. */
  flow: boolean;
  /** Of maps and seqs; empty for others. */
  entries: readonly TextEntry[];
}

export interface TextEntry {
  /** The key of a map's entry as the decoded value has it; undefined for a seq's item and for a merge key. */
  key: string | undefined;
  /** Where the key starts; of a seq's item, the item. */
  start: number;
  /** Behind the colon; of a seq's item, its start. */
  valueFrom: number;
  /** Behind the value, or behind the colon when there is none. */
  end: number;
  /** Undefined when nothing is written, which means null. */
  value: TextNode | undefined;
}

/**
 * Finds the place of a field; of its nearest existing parent when the field itself is missing or comes from an alias.
 *
 * @returns an offset into the text
 */
export function locate(root: TextNode | undefined, path: readonly PropertyKey[]): number {
  let node = root;
  let offset = root?.start ?? 0;
  for (const step of path) {
    if (!node) break;
    const entry: TextEntry | undefined =
      node.kind === 'seq' ? node.entries[Number(step)] : node.entries.find(({ key }) => key === String(step));
    if (!entry) break;
    offset = entry.start;
    node = entry.value;
  }
  return offset;
}
