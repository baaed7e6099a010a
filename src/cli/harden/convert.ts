/** Documents in another format, big integers kept. */
import { Document, parseDocument } from 'yaml';
import { kubernetesYaml } from '../../yaml/yaml-text.ts';

// https://github.com/tc39/proposal-json-parse-with-source: in Node since 21, not yet in TypeScript's library
const json = JSON as unknown as {
  rawJSON(text: string): unknown;
  parse(text: string, reviver: (key: string, value: unknown, context: { source?: string }) => unknown): unknown;
};

/** A YAML document as indented JSON with a line break at its end. */
export function yamlToJson(text: string): string {
  const value: unknown = parseDocument(text, { ...kubernetesYaml, intAsBigInt: true }).toJS({ maxAliasCount: 10_000 });
  const write = (_key: string, part: unknown) => (typeof part === 'bigint' ? json.rawJSON(String(part)) : part);
  return `${JSON.stringify(value, write, 2)}\n`;
}

/** A JSON document as YAML, indented as kubectl does. */
export function jsonToYaml(text: string): string {
  const value = json.parse(text, (_key, part, { source }) =>
    typeof part === 'number' && source !== undefined && /^-?\d+$/.test(source) && !Number.isSafeInteger(part)
      ? BigInt(source)
      : part,
  );
  const document = new Document(value, { ...kubernetesYaml, compat: 'core', aliasDuplicateObjects: false });
  return document.toString({ lineWidth: 0, indentSeq: false });
}
