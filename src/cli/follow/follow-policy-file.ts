/** Follows the policy in a file. */
import { readFileSync } from 'node:fs';
import { watchPolicyFile } from '../../policy/load.ts';
import type { Following, FollowOptions } from './following.ts';
import { summarizePolicy } from './summarize-policy.ts';

/** Milliseconds between two looks at a policy file. */
const policyInterval = 1_000;

export function followPolicyFile(file: string, { settings, logger, metrics }: FollowOptions): Following {
  const watch = watchPolicyFile(
    file,
    readFileSync(file, 'utf8'),
    policyInterval,
    (policy) => {
      settings.admit.policy = policy;
      metrics.setPolicyValid(true);
      logger.info({ policy: file, ...summarizePolicy(policy) }, 'policy replaced');
    },
    (problems) => {
      metrics.setPolicyValid(false);
      logger.error({ policy: file, problems }, 'policy not replaced; the last good one stays in use');
    },
  );
  return { firstRead: Promise.resolve(), stop: () => watch.stop() };
}
