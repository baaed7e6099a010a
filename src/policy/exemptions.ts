/** Finds what the administrator exempted. A pod cannot exempt itself: only what the API server knows for sure is looked at. */
import picomatch from 'picomatch';
import type { RuleId } from '../harden/finding.ts';
import { createPrefixIndex } from './prefix-index.ts';

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

/** Compiles the patterns once. What was looked up before is found at once, what is new without going through the whole list. */
export function createExemptions(list: readonly Exemption[]): Exemptions {
  const indexes = criteria.map(() => createPrefixIndex<Compiled>());
  const everybody: Compiled[] = [];
  for (const [order, exemption] of list.entries()) {
    const compiled = { order, exemption, matches: matcherOf(exemption) };
    const selective = criteria.findIndex(({ patternsOf }) => patternsOf(exemption) !== undefined);
    const patterns = criteria[selective]?.patternsOf(exemption);
    if (!patterns) everybody.push(compiled);
    for (const pattern of patterns ?? []) indexes[selective]?.add(pattern, compiled);
  }
  const known = new Map<string, Exemption[]>();

  const matching = (subject: ExemptionSubject): Exemption[] => {
    const key = `${subject.namespace} ${subject.serviceAccount} ${subject.container} ${subject.repository}`;
    let found = known.get(key);
    if (!found) {
      const candidates = new Set(everybody);
      for (const [index, { textOf }] of criteria.entries()) indexes[index]?.collect(textOf(subject), candidates);
      found = [...candidates]
        .filter(({ matches }) => matches(subject))
        .sort((a, b) => a.order - b.order)
        .map(({ exemption }) => exemption);
      if (known.size >= remembered) known.clear();
      known.set(key, found);
    }
    return found;
  };

  return {
    list,
    find(subject, rule, today) {
      if (list.length === 0) return undefined;
      return matching(subject).find(
        ({ rules, until }) => (!rules || rules.includes(rule)) && (until === undefined || today <= until),
      );
    },
  };
}

interface Compiled {
  /** Its place in the list: the first one counts. */
  order: number;
  exemption: Exemption;
  matches: (subject: ExemptionSubject) => boolean;
}

/** What a container is exempted by. An exemption is looked up by the first of these that it names. */
const criteria: {
  patternsOf: (exemption: Exemption) => string[] | undefined;
  textOf: (subject: ExemptionSubject) => string;
}[] = [
  { patternsOf: ({ namespaces }) => namespaces, textOf: ({ namespace }) => namespace },
  { patternsOf: ({ images }) => images, textOf: ({ repository }) => repository ?? '' },
  { patternsOf: ({ serviceAccounts }) => serviceAccounts, textOf: ({ serviceAccount }) => serviceAccount },
  { patternsOf: ({ containers }) => containers, textOf: ({ container }) => container },
];

function matcherOf(exemption: Exemption): (subject: ExemptionSubject) => boolean {
  const tests = criteria.flatMap(({ patternsOf, textOf }) => {
    const patterns = patternsOf(exemption);
    if (!patterns) return [];
    const matches = picomatch(patterns);
    return [(subject: ExemptionSubject) => matches(textOf(subject))];
  });
  return (subject) => tests.every((test) => test(subject));
}
