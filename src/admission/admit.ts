/** The way of one review, without any I/O: in scope? readable? to be left alone? then hardened. */
import type { Finding } from '../harden/finding.ts';
import { type HardenSettings, harden } from '../harden/harden.ts';
import { createPatch, type PatchOperation } from '../harden/patch.ts';
import { parsePod } from '../harden/pod.ts';
import { reasonToLeaveAlone } from '../harden/scope.ts';
import type { Mode } from './mode.ts';
import { describeProblems, type Review } from './review.ts';

export interface AdmitSettings extends HardenSettings {
  /** The namespace in which Permafrost runs, which is never touched: it must be able to come back on its own. */
  ownNamespace: string;
}

/**
 * - `patched`: the pod is changed.
 * - `would-patch`: it would be in the mode `enforce`.
 * - `unchanged`: there is nothing to do.
 */
export interface HardenedOutcome {
  kind: 'patched' | 'would-patch' | 'unchanged';
  /** Only with `patched`; never empty. */
  patch: PatchOperation[] | undefined;
  findings: Finding[];
  profiles: Map<string, string | undefined>;
}

export type Outcome =
  | HardenedOutcome
  | { kind: 'left-alone'; reason: string }
  /** The pod cannot be read, so nobody can say that it is hardened. */
  | { kind: 'refused'; message: string };

/**
 * Decides on one review. Dry run or not is the same: there are no side effects.
 *
 * @param mode `enforce` changes the pod; `warn` and `audit` find the same and change nothing
 * @param today the date (UTC, `2027-01-31`), against which the end dates of exemptions are held
 */
export function admit(review: Review, mode: Mode, settings: AdmitSettings, today: string): Outcome {
  const isEphemeral = review.resource === 'v1/pods/ephemeralcontainers' && review.operation === 'UPDATE';
  if (!isEphemeral && !(review.resource === 'v1/pods' && review.operation === 'CREATE')) {
    // other updates of running pods would break them: https://github.com/kyverno/kyverno/issues/14393
    return { kind: 'left-alone', reason: 'neither a new pod nor a new ephemeral container' };
  }
  const parsed = parsePod(review.object);
  if (!parsed.ok) return refuse('object', parsed.problems);
  const old = isEphemeral ? parsePod(review.oldObject) : undefined;
  if (old && !old.ok) return refuse('oldObject', old.problems);

  const { pod } = parsed;
  const reason = reasonToLeaveAlone(pod, review.namespace, settings.ownNamespace);
  if (reason !== undefined) return { kind: 'left-alone', reason };

  const {
    pod: after,
    findings,
    profiles,
  } = harden(pod, settings, { namespace: review.namespace, today, oldPod: old?.pod });
  const result = { patch: undefined, findings, profiles };
  if (after === pod) return { kind: 'unchanged', ...result };
  if (mode !== 'enforce') return { kind: 'would-patch', ...result };
  const patch = createPatch(pod, after);
  return patch.length > 0 ? { kind: 'patched', ...result, patch } : { kind: 'unchanged', ...result };
}

function refuse(field: 'object' | 'oldObject', problems: Parameters<typeof describeProblems>[1]): Outcome {
  const what = describeProblems(['request', field], problems);
  return { kind: 'refused', message: `the pod cannot be read: ${what}; correct the field and send the pod again` };
}
