import { expect, test } from 'vitest';
import { parsePolicy } from '../policy/parse.ts';
import { defaultPolicy } from '../policy/policy.ts';
import { createProfileTable } from '../profiles/table.ts';
import { warmUp } from './warm-up.ts';

test('no table and no policy keeps a start from warming up, and none is changed by it', () => {
  const text = `apiVersion: permafrost.dev/v1alpha1
kind: Policy
spec: {unknownImages: skip, remount: warn, exemptions: [{namespaces: ['*'], reason: all}]}`;
  const parsed = parsePolicy(text, 'policy.yaml');
  if ('problems' in parsed) throw new Error(JSON.stringify(parsed.problems));
  for (const policy of [defaultPolicy, parsed.policy]) {
    const settings = Object.freeze({
      profiles: createProfileTable([]),
      policy: Object.freeze(policy),
      version: '1',
      ownNamespace: 'p',
    });
    expect(() => warmUp(settings)).not.toThrow();
  }
});
