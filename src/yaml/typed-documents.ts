/** Reads YAML files that must hold documents of one schema, with errors that name file, line and field. */
import { LineCounter, parseAllDocuments } from 'yaml';
import type * as z from 'zod';
import { fieldPath } from '../harden/field-path.ts';
import { type Diagnostic, locateField } from './diagnostic.ts';

/**
 * Parses all documents of a YAML (or JSON) text and checks each against a schema. Empty documents are passed over.
 *
 * @param file its name, for the errors
 * @returns the documents that are right, each with the line it starts on, and everything that is wrong with the others
 */
export function parseTypedDocuments<Schema extends z.ZodType>(
  text: string,
  file: string,
  schema: Schema,
): { values: { value: z.infer<Schema>; line: number }[]; problems: Diagnostic[] } {
  const lines = new LineCounter();
  const values: { value: z.infer<Schema>; line: number }[] = [];
  const problems: Diagnostic[] = [];
  const documents = parseAllDocuments(text, { lineCounter: lines, prettyErrors: false });
  for (const document of Array.isArray(documents) ? documents : []) {
    for (const error of document.errors) {
      const { line, col } = lines.linePos(error.pos[0]);
      problems.push({ file, line, column: col, message: `not valid YAML: ${error.message}` });
    }
    if (document.errors.length > 0 || document.contents === null) continue;
    const raw = toValue(document, (message) => problems.push({ file, ...locateField(document, lines, []), message }));
    if (raw === undefined) continue;
    const result = schema.safeParse(raw);
    if (result.success) values.push({ value: result.data, line: locateField(document, lines, []).line });
    else for (const issue of result.error.issues) problems.push(...describeIssue(issue, document, lines, file));
  }
  return { values, problems };
}

function toValue(document: { toJS(): unknown }, fail: (message: string) => void): unknown {
  try {
    return document.toJS();
  } catch (error) {
    // the library counts aliases and gives up: a "billion laughs" file
    fail(
      `not readable: ${error instanceof Error ? error.message : String(error)}; write the content out instead of using aliases`,
    );
    return undefined;
  }
}

function describeIssue(
  issue: z.core.$ZodIssue,
  document: Parameters<typeof locateField>[0],
  lines: LineCounter,
  file: string,
): Diagnostic[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => {
      const path = [...issue.path, key];
      return {
        file,
        ...locateField(document, lines, path),
        message: `${fieldPath(path)}: unknown field; check its spelling`,
      };
    });
  }
  const where = fieldPath(issue.path);
  return [
    {
      file,
      ...locateField(document, lines, issue.path),
      message: where ? `${where}: ${issue.message}` : issue.message,
    },
  ];
}
