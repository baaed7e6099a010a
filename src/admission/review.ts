/** Reads an AdmissionReview out of anything: https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/#request */
import * as z from 'zod';
import { fieldPath } from '../harden/field-path.ts';

/** The one version that is answered; v1beta1 left Kubernetes with 1.22. */
export const reviewVersion = 'admission.k8s.io/v1';

/** The part of a request that matters here. Pods are not looked into yet. */
export interface Review {
  uid: string;
  operation: string;
  /** Empty for what lives in no namespace. */
  namespace: string;
  /** Empty when the API server makes the name from `generateName`. */
  name: string;
  /** `v1/pods`, `v1/pods/ephemeralcontainers`, `apps/v1/deployments`. */
  resource: string;
  dryRun: boolean;
  object: unknown;
  oldObject: unknown;
}

/** What outlives a review: not the objects in it, which are many times as large. */
export interface ReviewSubject extends Omit<Review, 'object' | 'oldObject'> {
  /** Empty when the object has none, either. */
  name: string;
  /** What the API server makes a name from; empty when there is none. */
  generateName: string;
}

/**
 * - `review`: a review.
 * - `problem`: something is wrong with it, but it has a uid: it can be answered as a review, and the answer is no.
 * - `invalid`: it cannot be answered as a review at all, which is an HTTP 400.
 */
export type ParsedReview = { uid: string; review: Review } | { uid: string; problem: string } | { invalid: string };

/** A Kubernetes uid is a UUID; anything much longer is not echoed and logged. */
export const maxUidLength = 128;

const request = z.object({
  operation: z.string().min(1, 'must not be empty'),
  namespace: z.string().nullish(),
  name: z.string().nullish(),
  resource: z.object({ group: z.string().nullish(), version: z.string(), resource: z.string() }),
  subResource: z.string().nullish(),
  dryRun: z.boolean().nullish(),
});

/**
 * Checks an AdmissionReview loosely: unknown fields are nobody's business. The objects in it are passed on as they are.
 *
 * @param value decoded JSON
 */
export function parseReview(value: unknown): ParsedReview {
  if (!isObject(value)) return invalid(`the body must be an AdmissionReview, not ${kindOf(value)}`);
  if (value['kind'] !== 'AdmissionReview') {
    return invalid(`kind: must be "AdmissionReview", not ${quote(value['kind'])}`);
  }
  if (value['apiVersion'] !== reviewVersion) {
    const remedy = 'set admissionReviewVersions: [v1] in the webhook configuration';
    return invalid(`apiVersion: must be "${reviewVersion}", not ${quote(value['apiVersion'])}; ${remedy}`);
  }
  const raw = value['request'];
  if (!isObject(raw)) return invalid(`request: must be an object, not ${kindOf(raw)}`);
  const uid = raw['uid'];
  if (typeof uid !== 'string') return invalid(`request.uid: must be a string, not ${kindOf(uid)}`);
  if (uid === '') return invalid('request.uid: must not be empty');
  if (uid.length > maxUidLength) return invalid(`request.uid: must have at most ${maxUidLength} characters`);

  const result = request.safeParse(raw);
  if (!result.success) return { uid, problem: describeProblems(['request'], result.error.issues) };
  const { operation, namespace, name, resource, subResource, dryRun } = result.data;
  return {
    uid,
    review: {
      uid,
      operation,
      namespace: namespace ?? '',
      name: name ?? '',
      resource: `${resource.group ? `${resource.group}/` : ''}${resource.version}/${resource.resource}${subResource ? `/${subResource}` : ''}`,
      dryRun: dryRun ?? false,
      object: raw['object'],
      oldObject: raw['oldObject'],
    },
  };
}

/** Takes out what outlives the review. */
export function subjectOf({ object, oldObject: _, ...review }: Review): ReviewSubject {
  const metadata = isObject(object) && isObject(object['metadata']) ? object['metadata'] : {};
  return { ...review, name: review.name || textOf(metadata['name']), generateName: textOf(metadata['generateName']) };
}

/**
 * Says what is wrong with an object, the first few problems of it.
 *
 * @param prefix where the object stands in the review
 */
export function describeProblems(
  prefix: readonly PropertyKey[],
  problems: readonly { path: readonly PropertyKey[]; message: string }[],
): string {
  const shown = problems.slice(0, 3).map(({ path, message }) => {
    const text = message.replace(/^Invalid input: /, '');
    return `${clip(fieldPath([...prefix, ...path]), 300)}: ${clip(text, 300)}`;
  });
  const more = problems.length > shown.length ? `; and ${problems.length - shown.length} more` : '';
  return shown.join('; ') + more;
}

function invalid(message: string): ParsedReview {
  return { invalid: message };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function kindOf(value: unknown): string {
  if (value === undefined) return 'missing';
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'an array';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}

function quote(value: unknown): string {
  return typeof value === 'string' ? JSON.stringify(clip(value, 80)) : kindOf(value);
}

function clip(text: string, length: number): string {
  return text.length > length ? `${text.slice(0, length).toWellFormed()}…` : text;
}
