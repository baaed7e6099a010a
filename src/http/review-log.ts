/** What the log says of a review. Of the pod only its name and those of its containers: the rest may hold secrets. */
import type { Outcome } from '../admission/admit.ts';
import { actingRules } from '../admission/respond.ts';
import type { ReviewSubject } from '../admission/review.ts';

/** The longest name that an object can have; a review that no API server sent may hold anything. */
const maxName = 253;

export function describeReview(subject: ReviewSubject): Record<string, unknown> {
  const { namespace, operation, resource, dryRun, name, generateName } = subject;
  return {
    namespace: clip(namespace),
    ...(name ? { name: clip(name) } : generateName && { generateName: clip(generateName) }),
    operation: clip(operation),
    resource: clip(resource),
    dryRun,
  };
}

export function describeOutcome(outcome: Outcome): Record<string, unknown> {
  switch (outcome.kind) {
    case 'refused':
      return { reason: outcome.message };
    case 'left-alone':
      return { reason: outcome.reason };
    case 'patched':
    case 'would-patch':
    case 'unchanged':
      return { rules: actingRules(outcome.findings), profiles: describeProfiles(outcome.profiles) };
  }
}

/** By container; null for an image that no profile describes. */
function describeProfiles(profiles: ReadonlyMap<string, string | undefined>): Record<string, string | null> {
  const byContainer: Record<string, string | null> = Object.create(null);
  for (const [container, profile] of profiles) byContainer[clip(container)] = profile ?? null;
  return byContainer;
}

function clip(text: string): string {
  return text.length > maxName ? text.slice(0, maxName) : text;
}
