/** Follows the policy in a ConfigMap. */
import type { KubeApi } from '../../kube/api.ts';
import type { PolicyState } from '../../kube/policy-config-map.ts';
import { awaitFirstRead } from './first-read.ts';
import type { Following, FollowOptions } from './following.ts';
import { createWatchReporter } from './report-watch.ts';
import { summarizePolicy } from './summarize-policy.ts';

export async function followConfigMap(
  api: KubeApi,
  name: string,
  { settings, logger, metrics }: FollowOptions,
): Promise<Following> {
  const { followPolicyConfigMap } = await import('../../kube/policy-config-map.ts');
  const namespace = settings.admit.ownNamespace;
  const place = { configMap: `${namespace}/${name}` };
  let isInUse = false;
  const firstRead = awaitFirstRead(() => {
    metrics.setPolicyValid(false);
    logger.error(place, 'the policy cannot be read; starting with the default policy, without any exemptions');
  });
  const onPolicy = (state: PolicyState): void => {
    firstRead.arrived();
    switch (state.kind) {
      case 'policy':
        isInUse = true;
        settings.admit.policy = state.policy;
        metrics.setPolicyValid(true);
        logger.info({ ...place, ...summarizePolicy(state.policy) }, 'policy replaced');
        firstRead.done();
        break;
      case 'broken': {
        metrics.setPolicyValid(false);
        const what = isInUse ? 'the last good one stays in use' : 'not ready until it is mended';
        logger.error({ ...place, problems: state.problems }, `the policy is broken; ${what}`);
        break;
      }
      case 'absent':
        // somebody deleted it by mistake, or to write it anew: exemptions that vanish would break what runs on them
        metrics.setPolicyValid(!isInUse);
        if (isInUse) logger.error(place, 'the ConfigMap is gone; the last policy stays in use until the next start');
        else logger.warn(place, 'no such ConfigMap; the default policy is in use');
        firstRead.done();
        break;
    }
  };
  const following = followPolicyConfigMap({
    api,
    namespace,
    name,
    onPolicy,
    onState: createWatchReporter('policy', logger, metrics),
  });
  return {
    firstRead: firstRead.promise,
    stop() {
      firstRead.arrived();
      following.stop();
    },
  };
}
