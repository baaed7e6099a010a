/** What a policy that is right may still be told: exemptions that end, mirrors that hide each other. */
import type { Policy } from './policy.ts';

export interface Advice {
  severity: 'warning' | 'note';
  /** Of the field, from the document's root. */
  path: (string | number)[];
  message: string;
}

/** Days before its end from which an exemption is warned of. */
const soon = 30;

/**
 * Gives advice.
 *
 * @param written how many of the mirrors stand in the file; the well-known ones follow
 * @param today the date (UTC, `2027-01-31`)
 */
export function advise(policy: Policy, written: number, today: string): Advice[] {
  return [...adviseExemptions(policy, today), ...adviseMirrors(policy, written)];
}

function* adviseExemptions({ exemptions }: Policy, today: string): Generator<Advice> {
  for (const [index, { until, reason }] of exemptions.list.entries()) {
    const path = ['spec', 'exemptions', index];
    if (until === undefined) {
      yield {
        severity: 'note',
        path,
        message: `the exemption "${reason}" has no end date; until: 2027-01-31 gives it one`,
      };
      continue;
    }
    const left = dayNumber(until) - dayNumber(today);
    const field = [...path, 'until'];
    if (left < 0) {
      yield {
        severity: 'warning',
        path: field,
        message: `the exemption "${reason}" ended on ${until}; remove or renew it`,
      };
    } else if (left <= soon) {
      const when = left === 0 ? 'today' : left === 1 ? 'tomorrow' : `in ${left} days`;
      yield {
        severity: 'warning',
        path: field,
        message: `the exemption "${reason}" ends ${when}; renew it if it is still needed`,
      };
    }
  }
}

function* adviseMirrors({ registryMirrors }: Policy, written: number): Generator<Advice> {
  for (const [index, { prefix, standsFor }] of registryMirrors.slice(0, written).entries()) {
    const path = ['spec', 'registryMirrors', index, 'prefix'];
    const earlier = registryMirrors.slice(0, index).find((other) => other.prefix === prefix);
    if (earlier) {
      const message = `"${prefix}" already stands for ${earlier.standsFor}; this entry is never used`;
      yield { severity: 'warning', path, message };
      continue;
    }
    const known = registryMirrors.slice(written).find((other) => other.prefix === prefix);
    if (known && known.standsFor !== standsFor) {
      yield {
        severity: 'warning',
        path,
        message: `"${prefix}" usually stands for ${known.standsFor}; this entry replaces that`,
      };
    }
    const upper = registryMirrors.find((other) => prefix.startsWith(`${other.prefix}/`));
    if (upper) {
      const message = `goes before "${upper.prefix}", which stands for ${upper.standsFor}, for all below "${prefix}"`;
      yield { severity: 'note', path, message };
    }
    if (prefix === standsFor) {
      yield { severity: 'warning', path, message: `"${prefix}" stands for itself; remove the entry` };
    }
  }
}

/** Days since a fixed one: https://howardhinnant.github.io/date_algorithms.html#days_from_civil */
function dayNumber(date: string): number {
  const [year = 0, month = 1, day = 1] = date.split('-').map(Number);
  const shifted = month <= 2 ? year - 1 : year;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  return 365 * shifted + Math.floor(shifted / 4) - Math.floor(shifted / 100) + Math.floor(shifted / 400) + dayOfYear;
}
