/** The KRM function's side: https://github.com/kubernetes-sigs/kustomize/blob/master/cmd/config/docs/api-conventions/functions-spec.md */
import { fieldPath } from '../../harden/field-path.ts';
import type { Severity } from '../../harden/finding.ts';
import { type Policy, policySchema } from '../../policy/policy.ts';
import type { ParsedDocument } from '../../yaml/parse-document.ts';
import type { ParseProblem } from '../../yaml/parse-problem.ts';
import { locate } from '../../yaml/text-node.ts';
import type { ResourceReport } from './harden-document.ts';
import { isRecord, type Workload } from './workload.ts';

/** Reads the policy that a functionConfig may hold; undefined when it holds none. */
export function readFunctionPolicy(
  document: ParsedDocument,
): { policy: Policy } | { problems: ParseProblem[] } | undefined {
  const config = isRecord(document.value) ? document.value['functionConfig'] : undefined;
  const isPolicy =
    isRecord(config) && config['kind'] === 'Policy' && String(config['apiVersion']).startsWith('permafrost.dev/');
  if (!isPolicy) return undefined;
  const result = policySchema.safeParse(config);
  if (result.success) return { policy: result.data.spec };
  return {
    problems: result.error.issues.map(({ path, message }) => ({
      offset: locate(document.root, ['functionConfig', ...path]),
      message: `${fieldPath(['functionConfig', ...path])}: ${message}`,
    })),
  };
}

const functionSeverity: Record<Severity, string> = {
  danger: 'warning',
  warning: 'warning',
  notice: 'info',
  info: 'info',
};

/** Adds what was done, and what is wrong, to a ResourceList as its results. */
export function answerFunction(
  list: Record<string, unknown>,
  reports: readonly ResourceReport[],
  problems: readonly ParseProblem[],
): Record<string, unknown> {
  const results: unknown[] = problems.map(({ message }) => ({ message, severity: 'error' }));
  for (const { workload, outcome, findings } of reports) {
    const where = placeOf(workload);
    if (outcome.kind === 'left alone')
      results.push({ message: `left alone: ${outcome.why}`, severity: 'info', ...where });
    for (const { container, field, message, rule, severity } of findings) {
      const inItem = field.slice(workload.path.length > 0 ? fieldPath(workload.path).length + 1 : 0);
      results.push({
        message: `${container}: ${message}`,
        severity: functionSeverity[severity],
        ...where,
        field: { path: inItem },
        tags: { rule },
      });
    }
  }
  if (results.length === 0) return list;
  const earlier = Array.isArray(list['results']) ? list['results'] : [];
  return { ...list, results: [...earlier, ...results] };
}

function placeOf({ apiVersion, kind, name, namespace, annotations }: Workload): Record<string, unknown> {
  const read = (key: string) =>
    annotations[`internal.config.kubernetes.io/${key}`] ?? annotations[`config.kubernetes.io/${key}`];
  const path = read('path');
  const index = Number(read('index') ?? 0);
  return {
    resourceRef: { apiVersion, kind, name, ...(namespace !== undefined && { namespace }) },
    ...(typeof path === 'string' && { file: { path, ...(Number.isInteger(index) && { index }) } }),
  };
}
