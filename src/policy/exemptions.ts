/** Finds what the administrator exempted. A pod cannot exempt itself: only what the API server knows for sure is looked at. */
import picomatch from 'picomatch';
import type { RuleId } from '../harden/finding.ts';

/** All criteria that are given must hold; of each, one entry. */
export interface Exemption {
  namespaces?: string[] | undefined;
  serviceAccounts?: string[] | undefined;
  images?: string[] | undefined;
  containers?: string[] | undefined;
  rules?: RuleId[] | undefined;
  reason: string;
  until?: string | undefined;
}

/** Whose container it is. */
export interface ExemptionSubject {
  namespace: string;
  serviceAccount: string;
  container: string;
  /** The image's repository, normalized; undefined for an image that is no valid reference. */
  repository: string | undefined;
}

export interface Exemptions {
  list: readonly Exemption[];
  /**
   * Finds the first exemption of a container from a rule.
   *
   * @param today the date (UTC, `2027-01-31`), against which end dates are held
   */
  find(subject: ExemptionSubject, rule: RuleId, today: string): Exemption | undefined;
}

/** Of how many different containers the exemptions are remembered: a cluster creates the same few again and again. */
const remembered = 10_000;

/** Compiles the patterns once. What was looked up before is found without going through the list. */
export function createExemptions(list: readonly Exemption[]): Exemptions {
  const compiled = list.map((exemption) => ({
    exemption,
    namespace: matcher(exemption.namespaces),
    serviceAccount: matcher(exemption.serviceAccounts),
    container: matcher(exemption.containers),
    repository: matcher(exemption.images),
  }));
  const known = new Map<string, Exemption[]>();

  const matching = (subject: ExemptionSubject): Exemption[] => {
    const key = `${subject.namespace} ${subject.serviceAccount} ${subject.container} ${subject.repository}`;
    let found = known.get(key);
    if (!found) {
      found = compiled
        .filter(
          ({ namespace, serviceAccount, container, repository }) =>
            namespace(subject.namespace) &&
            serviceAccount(subject.serviceAccount) &&
            container(subject.container) &&
            repository(subject.repository ?? ''),
        )
        .map(({ exemption }) => exemption);
      if (known.size >= remembered) known.clear();
      known.set(key, found);
    }
    return found;
  };

  return {
    list,
    find(subject, rule, today) {
      if (compiled.length === 0) return undefined;
      return matching(subject).find(
        ({ rules, until }) => (!rules || rules.includes(rule)) && (until === undefined || today <= until),
      );
    },
  };
}

function matcher(patterns: string[] | undefined): (text: string) => boolean {
  return patterns ? picomatch(patterns) : () => true;
}
