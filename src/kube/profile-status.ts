/** What the status of an ImageProfile says: https://github.com/kubernetes/community/blob/master/contributors/devel/sig-architecture/api-conventions.md#typical-status-properties */
import type { KubeObject } from './watch-resource.ts';

export interface Condition {
  type: string;
  status: 'True' | 'False';
  reason: string;
  message: string;
  observedGeneration: number;
  lastTransitionTime: string;
}

export interface ProfileStatus {
  conditions: Condition[];
  paths: number;
}

/** What was found of one resource. */
export interface Verdict {
  /** Each with its field; none if the profile is in use. */
  problems: readonly string[];
  /** Other resources that claim the same image and win. */
  conflicts: readonly string[];
  paths: number;
}

/** Others may read a status in a table; the first problems are enough to begin with. */
const maxMessage = 1024;

/**
 * Makes the status that a resource should have.
 *
 * @returns undefined when it has it
 */
export function nextStatus(object: KubeObject, verdict: Verdict, now: Date): ProfileStatus | undefined {
  const old = (object['status'] ?? {}) as Partial<ProfileStatus>;
  const oldConditions = Array.isArray(old.conditions) ? old.conditions : [];
  const wanted = conditionsOf(verdict, object.metadata.generation ?? 0).map((condition) => {
    const earlier = oldConditions.find(({ type }) => type === condition.type);
    const lastTransitionTime =
      earlier?.status === condition.status ? earlier.lastTransitionTime : `${now.toISOString().slice(0, 19)}Z`;
    return { ...condition, lastTransitionTime };
  });
  const ours = new Set(['Accepted', 'Conflict']);
  const conditions = [...oldConditions.filter(({ type }) => !ours.has(type)), ...wanted];
  const isSame =
    old.paths === verdict.paths &&
    conditions.length === oldConditions.length &&
    wanted.every((condition) => oldConditions.some((earlier) => isEqual(condition, earlier)));
  return isSame ? undefined : { conditions, paths: verdict.paths };
}

/** One word for all that a status says, to tell what was written from what is to be written. */
export function verdictKey(object: KubeObject, { problems, conflicts, paths }: Verdict): string {
  return JSON.stringify([object.metadata.generation, problems, conflicts, paths]);
}

function conditionsOf(
  { problems, conflicts }: Verdict,
  observedGeneration: number,
): Omit<Condition, 'lastTransitionTime'>[] {
  const accepted =
    problems.length === 0
      ? { status: 'True' as const, reason: 'Accepted', message: 'in use' }
      : { status: 'False' as const, reason: 'Invalid', message: clip(problems.join('; ')) };
  return [
    { type: 'Accepted', ...accepted, observedGeneration },
    ...(conflicts.length > 0
      ? [
          {
            type: 'Conflict',
            status: 'True' as const,
            reason: 'SameImage',
            message: clip(conflicts.join('; ')),
            observedGeneration,
          },
        ]
      : []),
  ];
}

function isEqual(a: Condition, b: Condition): boolean {
  return (
    a.type === b.type &&
    a.status === b.status &&
    a.reason === b.reason &&
    a.message === b.message &&
    a.observedGeneration === b.observedGeneration
  );
}

function clip(text: string): string {
  return text.length > maxMessage ? `${text.slice(0, maxMessage - 1).toWellFormed()}…` : text;
}
