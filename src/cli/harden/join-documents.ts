import { jsonToYaml, yamlToJson } from './convert.ts';
import type { HardenedDocument } from './harden-document.ts';

/** Writes documents of several files one after the other, so that the result is one stream again. */
export interface DocumentJoiner {
  add(document: HardenedDocument, isFirstOfFile: boolean): void;
}

/**
 * @param format undefined leaves each document in its own
 * @param out `last` is the last character written
 */
export function createJoiner(
  format: 'yaml' | 'json' | undefined,
  out: { write(text: string): void; last(): string },
): DocumentJoiner {
  let lastFormat: 'yaml' | 'json' | undefined;
  return {
    add(document, isFirstOfFile) {
      if (document.format === 'empty' && format === 'json') return;
      const isConverted = format !== undefined && document.format !== 'empty' && document.format !== format;
      const text = isConverted ? (format === 'json' ? yamlToJson : jsonToYaml)(document.text) : document.text;
      const next = document.format === 'empty' ? lastFormat : (format ?? document.format);
      const isJoint = isFirstOfFile || isConverted;
      if (out.last() !== '' && (isJoint || format === 'json')) {
        if (out.last() !== '\n') out.write('\n');
        const isMarked = /^(?:[ \t]*(?:#[^\n]*)?\r?\n|%[^\n]*\n)*---(?:\s|$)/.test(text);
        if (isJoint && !(next === 'json' && lastFormat === 'json') && !isMarked && text.trim() !== '')
          out.write('---\n');
      }
      out.write(text);
      lastFormat = next ?? lastFormat;
    },
  };
}
