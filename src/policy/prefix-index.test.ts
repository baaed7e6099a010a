import fc from 'fast-check';
import picomatch from 'picomatch';
import { expect, test } from 'vitest';
import { createExemptions, type Exemption, type ExemptionSubject } from './exemptions.ts';
import { literalPrefix } from './prefix-index.ts';

const text = fc.string({ unit: fc.constantFrom(...'ab./-'), maxLength: 6 });
/** Whole wildcards, not any characters: over some of those picomatch broods for minutes. */
const piece = fc.constantFrom(
  'a',
  'b',
  'ab',
  '/',
  '.',
  '-',
  '*',
  '**',
  '?',
  '{a,b}',
  '[ab]',
  '!(a)',
  '@(a|b)',
  '!',
  '|',
  'a|b',
  '\\*',
);
const pattern = fc.array(piece, { minLength: 1, maxLength: 4 }).map((pieces) => pieces.join(''));

test('what a pattern matches begins with its literal prefix', () => {
  fc.assert(
    fc.property(pattern, text, (glob, value) => {
      fc.pre(picomatch([glob])(value));
      expect(value.startsWith(literalPrefix(glob))).toBe(true);
    }),
    { numRuns: 1000 },
  );
});

test.each([
  ['team-*', 'team-'],
  ['shop', 'shop'],
  ['{a,b}-x', ''],
  ['!a', ''],
  ['./a', ''],
  ['docker.io/library/**', 'docker.io/library'],
])('the prefix of %s', (glob, prefix) => {
  expect(literalPrefix(glob)).toBe(prefix);
});

test('the exemption that is found is the first of the list that holds', () => {
  const globs = fc.option(
    fc.array(fc.constantFrom('a', 'a*', '*', 'b', '{a,b}', 'a/*', '!a', 'a?'), { minLength: 1, maxLength: 3 }),
    {
      nil: undefined,
    },
  );
  const exemption = fc.record({ namespaces: globs, serviceAccounts: globs, images: globs, containers: globs });
  const word = fc.constantFrom('a', 'b', 'ab', 'a/b', '');
  const subject = fc.record({ namespace: word, serviceAccount: word, container: word, repository: word });
  fc.assert(
    fc.property(fc.array(exemption, { maxLength: 6 }), subject, (list, who) => {
      const named: Exemption[] = list.map((entry, index) => ({ ...entry, reason: String(index) }));
      const found = createExemptions(named).find(who, 'privileged', '2027-01-31');
      expect(found).toBe(named.find((entry) => holds(entry, who)));
    }),
    { numRuns: 1000 },
  );
});

/** As it is said, without an index. */
function holds({ namespaces, serviceAccounts, images, containers }: Exemption, who: ExemptionSubject): boolean {
  const one = (globs: string[] | undefined, value = '') => !globs || picomatch(globs)(value);
  return (
    one(namespaces, who.namespace) &&
    one(serviceAccounts, who.serviceAccount) &&
    one(images, who.repository) &&
    one(containers, who.container)
  );
}
