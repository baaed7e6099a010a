import { checkJson, jsonRoot } from './json-text.ts';
import type { ParseProblem } from './parse-problem.ts';
import type { TextNode } from './text-node.ts';
import { parseYaml } from './yaml-text.ts';

/** One document of a file, decoded and with the places of its values. */
export interface ParsedDocument {
  format: 'yaml' | 'json';
  text: string;
  value: unknown;
  /** Undefined when the document is empty. */
  root: TextNode | undefined;
  /** Keys that stand twice in one map: readable, but nobody knows which one counts. */
  duplicates: ParseProblem[];
}

/** The YAML parser needs about 170 bytes of memory for each byte; JSON is scanned without a tree. */
const maxYamlLength = 16 * 1024 * 1024;

/**
 * Parses the text of one document, as JSON if it looks like it, else as Kubernetes reads YAML.
 *
 * @returns the document, or why it cannot be read
 */
export function parseKubernetesDocument(text: string): ParsedDocument | { broken: ParseProblem } {
  const looksLikeJson = /^\s*(?:\{\s*(?:"|\}|$)|\[\s*(?:["{[\]]|$))/.test(text.slice(0, 4096));
  if (looksLikeJson) {
    const { broken, duplicates } = checkJson(text);
    if (!broken) return { format: 'json', text, value: JSON.parse(text), root: jsonRoot(text), duplicates };
    // YAML in brackets looks the same; its parser would need too long for what is deep or long
    if (text.length > 1024 * 1024 || broken.message.startsWith('nested')) return { broken };
    const yaml = parseYaml(text);
    return 'broken' in yaml ? { broken } : { format: 'yaml', text, ...yaml };
  }
  if (text.length > maxYamlLength) {
    const message = `a YAML document of more than ${maxYamlLength / 1024 / 1024} MiB; split it with lines --- or use JSON`;
    return { broken: { offset: 0, message } };
  }
  const yaml = parseYaml(text);
  return 'broken' in yaml ? yaml : { format: 'yaml', text, ...yaml };
}
