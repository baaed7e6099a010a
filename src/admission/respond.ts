/** Writes the answer to a review: https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/#response */
import { type Finding, type RuleId, severities } from '../harden/finding.ts';
import type { HardenedOutcome, Outcome } from './admit.ts';
import type { Mode } from './mode.ts';
import { reviewVersion } from './review.ts';
import { warningLines } from './warnings.ts';

/** Audit events should stay readable; the whole story is in the log. */
const maxAnnotation = 1024;

/**
 * Encodes the answer, once, as what goes over the wire.
 *
 * @param uid of the request
 * @returns JSON
 */
export function encodeResponse(uid: string, mode: Mode, outcome: Outcome): string {
  return answerTo(uid, encodeDecision(mode, outcome));
}

/** Everything of an answer that does not say whose it is, as JSON; `answerTo` completes it. */
export function encodeDecision(mode: Mode, outcome: Outcome): string {
  const text = JSON.stringify(responseOf(mode, outcome)).slice('{'.length);
  if (!('patch' in outcome) || !outcome.patch) return text;
  // Put in behind the last field: it is the longest one, and base64 has nothing that JSON would escape. patch and patchType come together
  // or not at all: VerifyAdmissionResponse in k8s.io/apiserver
  const patch = Buffer.from(JSON.stringify(outcome.patch)).toString('base64');
  return `${text.slice(0, -'}'.length)},"patchType":"JSONPatch","patch":"${patch}"}`;
}

/** @param decision as `encodeDecision` makes it */
export function answerTo(uid: string, decision: string): string {
  return `{"apiVersion":"${reviewVersion}","kind":"AdmissionReview","response":{"uid":${JSON.stringify(uid)},${decision}}`;
}

function responseOf(mode: Mode, outcome: Outcome): Record<string, unknown> {
  switch (outcome.kind) {
    case 'refused':
      return { allowed: false, status: { code: 400, reason: 'BadRequest', message: outcome.message } };
    case 'left-alone':
      return { allowed: true, auditAnnotations: { mode, 'left-alone': outcome.reason } };
    case 'patched':
    case 'would-patch':
    case 'unchanged': {
      const warnings = warningLines(outcome.findings, mode);
      return {
        allowed: true,
        ...(warnings.length > 0 && { warnings }),
        auditAnnotations: auditAnnotations(mode, outcome),
      };
    }
  }
}

/**
 * What the audit log of the cluster keeps; the API server puts the webhook's name before each key. On a second invocation it refuses to
 * overwrite a key and complains, so that what has nothing to say is left out.
 */
function auditAnnotations(mode: Mode, { findings, profiles }: HardenedOutcome): Record<string, string> {
  const annotations: Record<string, string> = { mode };
  const rules = actingRules(findings);
  if (rules.length > 0) annotations['rules'] = rules.join(',');
  if (profiles.size > 0) annotations['profiles'] = clip(describeProfiles(profiles));
  const exemptions = describeExemptions(findings);
  if (exemptions !== '') annotations['exemptions'] = clip(exemptions);
  if (findings.length > 0) annotations['findings'] = countBySeverity(findings);
  return annotations;
}

/** The rules that changed something (or would, where the mode forbids it), in their order. */
export function actingRules(findings: readonly Finding[]): RuleId[] {
  const acting: RuleId[] = [];
  // findings come in the order of the rules
  for (const { changed, rule } of findings) if (changed && acting.at(-1) !== rule) acting.push(rule);
  return acting;
}

/** `nginx=nginx,sidecar=-`: container and profile; a container without a profile has `-`, which no profile can be called. */
function describeProfiles(profiles: ReadonlyMap<string, string | undefined>): string {
  let text = '';
  for (const [container, profile] of profiles) text += `${text && ','}${container}=${profile ?? '-'}`;
  return text;
}

/** `driver=privileged: mounts for other pods; driver=remount: mounts for other pods`: container, rule and the administrator's reason. */
function describeExemptions(findings: readonly Finding[]): string {
  if (findings.every(({ exemption }) => exemption === undefined)) return '';
  const parts = new Set<string>();
  for (const { container, rule, exemption } of findings) {
    if (exemption !== undefined) parts.add(`${container}=${rule}: ${exemption}`);
  }
  return [...parts].join('; ');
}

/** `warning=2,notice=1` */
function countBySeverity(findings: readonly Finding[]): string {
  let text = '';
  for (const severity of severities) {
    let count = 0;
    for (const finding of findings) if (finding.severity === severity) count++;
    if (count > 0) text += `${text && ','}${severity}=${count}`;
  }
  return text;
}

function clip(text: string): string {
  return text.length > maxAnnotation ? `${text.slice(0, maxAnnotation - 1).toWellFormed()}…` : text;
}
