/** Hardens one document: its value, its text, and what is to be said about it. */
import { fieldPath } from '../../harden/field-path.ts';
import type { Finding } from '../../harden/finding.ts';
import { type HardenSettings, harden } from '../../harden/harden.ts';
import { createPatch, type PatchOperation } from '../../harden/patch.ts';
import { type Pod, parsePod } from '../../harden/pod.ts';
import { reasonToLeaveAlone } from '../../harden/scope.ts';
import { changeDocument } from '../../yaml/change-document.ts';
import { type ParsedDocument, parseKubernetesDocument } from '../../yaml/parse-document.ts';
import type { ParseProblem } from '../../yaml/parse-problem.ts';
import type { TextEdit } from '../../yaml/text-edit.ts';
import { locate } from '../../yaml/text-node.ts';
import { answerFunction, readFunctionPolicy } from './resource-list.ts';
import { setAt } from './set-at.ts';
import { findWorkloads, isResourceList, type Workload } from './workload.ts';

/** What became of one object. */
export interface ResourceReport {
  workload: Workload;
  outcome: { kind: 'changed' } | { kind: 'hardened already' } | { kind: 'left alone'; why: string };
  findings: Finding[];
}

export interface HardenedDocument {
  text: string;
  changed: boolean;
  /** What was replaced in the text; undefined when nothing was, or when it was written anew. */
  edits: TextEdit[] | undefined;
  format: 'yaml' | 'json' | 'empty';
  reports: ResourceReport[];
  problems: ParseProblem[];
  /** One JSON Patch of the whole document. */
  patch: PatchOperation[];
  /** Whether it was the input of a KRM function, which has the findings in its results. */
  isFunction: boolean;
}

export interface DocumentSettings extends HardenSettings {
  /** The namespace of objects that name none. */
  namespace: string;
  /** The date (UTC, `2027-01-31`; src/today.ts), against which the end dates of exemptions are held. */
  today: string;
}

/** Where Permafrost itself runs when it is installed as its manifests say. */
const ownNamespace = 'permafrost-system';

/** Hardens the text of one document. With problems, the text is of no use. */
export function hardenDocument(text: string, settings: DocumentSettings): HardenedDocument {
  const parsed = parseKubernetesDocument(text);
  if ('broken' in parsed) return { ...untouched(text, 'yaml'), problems: [parsed.broken] };
  if (!parsed.root) return untouched(text, 'empty');
  const isFunction = isResourceList(parsed.value);
  const workloads = findWorkloads(parsed.value);
  if (workloads.length === 0 && !isFunction) return untouched(text, parsed.format);
  if (parsed.duplicates.length > 0) return { ...untouched(text, parsed.format), problems: parsed.duplicates };

  const own = isFunction ? readFunctionPolicy(parsed) : undefined;
  if (own && 'problems' in own) return { ...untouched(text, parsed.format), isFunction, problems: own.problems };
  const effective = own ? { ...settings, policy: own.policy } : settings;

  let value = parsed.value;
  const reports: ResourceReport[] = [];
  const problems: ParseProblem[] = [];
  const patch: PatchOperation[] = [];
  for (const workload of workloads) {
    const result = hardenWorkload(workload, parsed, effective);
    if ('problems' in result) {
      problems.push(...result.problems);
      continue;
    }
    reports.push(result.report);
    if (!result.pod) continue;
    value = setAt(value, workload.podPath, result.pod);
    patch.push(...withPrefix(createPatch(workload.pod as Pod, result.pod), workload.podPath));
  }
  if (isFunction) value = answerFunction(value as Record<string, unknown>, reports, problems);
  const base = { format: parsed.format, reports, problems, patch, isFunction };
  if (value === parsed.value || (problems.length > 0 && !isFunction)) {
    return { ...base, text, edits: undefined, changed: false };
  }
  const next = changeDocument(parsed, value);
  if (!next) {
    const message = 'this document cannot be changed without losing something; please report it with the document';
    return { ...base, text, edits: undefined, changed: false, problems: [{ offset: parsed.root.start, message }] };
  }
  return { ...base, text: next.text, edits: next.edits, changed: true };
}

function untouched(text: string, format: HardenedDocument['format']): HardenedDocument {
  return { text, changed: false, edits: undefined, format, reports: [], problems: [], patch: [], isFunction: false };
}

function hardenWorkload(
  workload: Workload,
  document: ParsedDocument,
  settings: DocumentSettings,
): { report: ResourceReport; pod?: Pod } | { problems: ParseProblem[] } {
  const leave = (why: string) => ({
    report: { workload, outcome: { kind: 'left alone', why } as const, findings: [] },
  });
  if (workload.pod === undefined || workload.pod === null) return leave('it has no pod template');
  if (workload.kind === 'Pod' && (workload.pod as Record<string, unknown>)['spec'] === undefined)
    return leave('it has no spec');
  const parsed = parsePod(workload.pod);
  if (!parsed.ok) {
    return {
      problems: parsed.problems.map(({ path, message }) => ({
        offset: locate(document.root, [...workload.podPath, ...path]),
        message: `${fieldPath([...workload.podPath, ...path])}: ${explain(message, valueAt(workload.pod, path))}`,
      })),
    };
  }
  const namespace = workload.namespace ?? settings.namespace;
  const why = reasonToLeaveAlone(parsed.pod, namespace, ownNamespace);
  if (why) return leave(why);
  const { pod, findings } = harden(parsed.pod, settings, { namespace, today: settings.today });
  const inDocument = findings.map((finding) => ({
    ...finding,
    field: fieldPath(workload.podPath) + (workload.podPath.length > 0 ? '.' : '') + finding.field,
  }));
  if (pod === parsed.pod) return { report: { workload, outcome: { kind: 'hardened already' }, findings: inDocument } };
  return { report: { workload, outcome: { kind: 'changed' }, findings: inDocument }, pod };
}

/** Adds what stands there, and what to do where it is plain. */
function explain(message: string, value: unknown): string {
  const what = message.replace(/^Invalid input: /, '');
  if (value === undefined) return `${what}; add the field`;
  const written = JSON.stringify(value) ?? String(value);
  const shown = written.length > 40 ? `${written.slice(0, 39)}…` : written;
  const remedy = what.startsWith('expected boolean, received string')
    ? '; write it without quotes'
    : what.startsWith('expected string')
      ? '; put it in quotes'
      : '';
  return `${what} (${shown})${remedy}`;
}

function valueAt(value: unknown, path: readonly (string | number)[]): unknown {
  return path.reduce<unknown>((parent, step) => (parent as Record<string, unknown> | undefined)?.[step], value);
}

function withPrefix(patch: readonly PatchOperation[], path: readonly (string | number)[]): PatchOperation[] {
  const prefix = path.map((step) => `/${String(step).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
  return patch.map((operation) => ({ ...operation, path: prefix + operation.path }));
}
