import { describe, expect, test } from 'vitest';
import { formatDiagnostic } from '../yaml/diagnostic.ts';
import { parsePolicy } from './parse.ts';
import { defaultPolicy } from './policy.ts';
import { minQuantity, quantityToBytes } from './quantity.ts';

const head = 'apiVersion: permafrost.dev/v1alpha1\nkind: Policy\n';
const problemsOf = (text: string) => {
  const result = parsePolicy(text, 'policy.yaml');
  return 'problems' in result ? result.problems.map(formatDiagnostic) : [];
};

describe('parsePolicy', () => {
  test('a policy that sets nothing is the default', () => {
    for (const text of [head, `${head}spec: {}`]) {
      const result = parsePolicy(text, 'policy.yaml');
      expect(result).toEqual({ policy: { ...defaultPolicy, exemptions: expect.anything() } });
      expect('policy' in result && result.policy.exemptions.list).toEqual([]);
    }
  });

  test('says what is wrong and where', () => {
    const text = `${head}spec:\n  unknownImages: ignore\n  remuont: warn\n  volumes: {defaultSizeLimit: 1 GB}\n`;
    expect(problemsOf(text)).toEqual([
      expect.stringMatching(/^policy\.yaml:4:3: spec\.unknownImages: .*"harden"\|"skip"/),
      'policy.yaml:6:13: spec.volumes.defaultSizeLimit: must be a quantity such as 64Mi or 1Gi',
      'policy.yaml:5:3: spec.remuont: unknown field; check its spelling',
    ]);
  });

  test('wants exactly one document', () => {
    expect(problemsOf('')).toEqual(['policy.yaml:1:1: must hold exactly one Policy, but holds 0']);
    expect(problemsOf(`${head}---\n${head}`)).toEqual(['policy.yaml:4:1: must hold exactly one Policy, but holds 2']);
  });

  test('well-known mirrors hold whatever the policy lists', () => {
    const result = parsePolicy(`${head}spec: {registryMirrors: [{prefix: m.example, standsFor: quay.io}]}`, 'p.yaml');
    const prefixes = 'policy' in result && result.policy.registryMirrors.map(({ prefix }) => prefix);
    expect(prefixes).toEqual(expect.arrayContaining(['m.example', 'public.ecr.aws/docker', 'mirror.gcr.io']));
    expect([prefixes].flat()[0], 'the own ones first').toBe('m.example');
  });
});

describe('quantities', () => {
  test.each([
    ['1Gi', 2 ** 30],
    ['64Mi', 2 ** 26],
    ['1.5G', 1.5e9],
    ['1500m', 1.5],
    ['12', 12],
  ])('%s is %d bytes', (text, bytes) => {
    expect(quantityToBytes(text)).toBe(bytes);
  });

  test('the smaller of two stays as it was written', () => {
    expect(minQuantity('1Gi', '1000M')).toBe('1000M');
    expect(minQuantity('1G', '1Gi')).toBe('1G');
    expect(minQuantity('1Gi', '1024Mi')).toBe('1Gi');
  });
});
