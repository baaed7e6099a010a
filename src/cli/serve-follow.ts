/** Follows what a review depends on while the server runs: the policy in a file or a ConfigMap, and the profiles of the cluster. */
import { readFileSync } from 'node:fs';
import type { KubeApi } from '../kube/api.ts';
import type { PolicyState } from '../kube/policy-config-map.ts';
import type { WatchState } from '../kube/watch-resource.ts';
import type { Logger } from '../log/logger.ts';
import type { Metrics, WatchedResource } from '../metrics/metrics.ts';
import { watchPolicyFile } from '../policy/load.ts';
import type { Policy } from '../policy/policy.ts';
import type { ImageProfile } from '../profiles/profile.ts';
import { createProfileTable } from '../profiles/table.ts';
import { connectToCluster } from './connect.ts';
import type { ServeFlags } from './serve-command.ts';
import type { ServeSettings } from './serve-settings.ts';

/** Milliseconds between two looks at a policy file. */
const policyInterval = 1_000;

/**
 * Milliseconds that a replica waits with being ready until it has read what it follows. A list takes some milliseconds; if it takes longer,
 * the API server or the way to it is in trouble, and then the built-in table and the default policy are better than no webhook at all:
 * with `failurePolicy: Fail` nothing could be created.
 */
const patience = 5_000;

export interface FollowOptions {
  flags: ServeFlags;
  env: Record<string, string | undefined>;
  settings: ServeSettings;
  logger: Logger;
  metrics: Metrics;
}

export interface Following {
  /**
   * Resolves when everything was read for the first time, or was waited for long enough. Never while the ConfigMap holds a broken policy
   * from the start: the replica stays out of service until it is mended, as with a broken file it would not start.
   */
  firstRead: Promise<void>;
  stop(): void;
}

/** Follows all that the flags name; nothing without them. */
export async function followSettings(options: FollowOptions): Promise<Following> {
  const { flags } = options;
  const parts: Following[] = [];
  if (flags.policy !== undefined) parts.push(followPolicyFile(flags.policy, options));
  if (flags.watchProfiles || flags.policyConfigMap !== undefined) {
    const api = await connectToCluster('--watch-profiles and --policy-config-map need', options);
    if (flags.watchProfiles) parts.push(await followProfiles(api, options));
    if (flags.policyConfigMap !== undefined) parts.push(await followConfigMap(api, flags.policyConfigMap, options));
  }
  return {
    firstRead: Promise.all(parts.map(({ firstRead }) => firstRead)).then(() => {}),
    stop() {
      for (const part of parts) part.stop();
    },
  };
}

function followPolicyFile(file: string, { settings, logger, metrics }: FollowOptions): Following {
  const watch = watchPolicyFile(
    file,
    readFileSync(file, 'utf8'),
    policyInterval,
    (policy) => {
      settings.admit.policy = policy;
      metrics.setPolicyValid(true);
      logger.info({ policy: file, ...summary(policy) }, 'policy replaced');
    },
    (problems) => {
      metrics.setPolicyValid(false);
      logger.error({ policy: file, problems }, 'policy not replaced; the last good one stays in use');
    },
  );
  return { firstRead: Promise.resolve(), stop: () => watch.stop() };
}

async function followProfiles(api: KubeApi, { settings, logger, metrics }: FollowOptions): Promise<Following> {
  const { followImageProfiles } = await import('../kube/image-profiles.ts');
  const files = settings.groups.map(({ origin, profiles }) => ({
    origin,
    profiles: profiles.map(({ profile }) => profile),
  }));
  const replace = (accepted: readonly ImageProfile[]): void => {
    settings.admit.profiles = createProfileTable([...files, { origin: 'custom', profiles: accepted }]);
  };
  const { promise: firstRead, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(() => {
    logger.error('the ImageProfiles of the cluster cannot be read; starting with the built-in ones');
    resolve();
  }, patience);
  const read = (): void => {
    clearTimeout(timer);
    resolve();
  };
  const onState = stateLogger('imageprofiles', logger, metrics);
  const following = followImageProfiles({
    api,
    logger,
    onProfiles({ accepted, refused }) {
      const started = performance.now();
      replace(accepted);
      metrics.setCustomProfiles(accepted.length, refused);
      logger.info({ accepted: accepted.length, refused, duration: performance.now() - started }, 'profiles replaced');
    },
    onState(state) {
      onState(state);
      // without the definition there are none to wait for
      if (state.kind === 'listed' || state.kind === 'unknown-resource') read();
    },
  });
  return {
    firstRead,
    stop() {
      clearTimeout(timer);
      following.stop();
    },
  };
}

async function followConfigMap(
  api: KubeApi,
  name: string,
  { settings, logger, metrics }: FollowOptions,
): Promise<Following> {
  const { followPolicyConfigMap } = await import('../kube/policy-config-map.ts');
  const namespace = settings.admit.ownNamespace;
  const place = { configMap: `${namespace}/${name}` };
  const { promise: firstRead, resolve } = Promise.withResolvers<void>();
  let isRead = false;
  let isInUse = false;
  const timer = setTimeout(() => {
    if (isRead) return;
    metrics.setPolicyValid(false);
    logger.error(place, 'the policy cannot be read; starting with the default policy, without any exemptions');
    resolve();
  }, patience);
  const onPolicy = (state: PolicyState): void => {
    isRead = true;
    switch (state.kind) {
      case 'policy':
        isInUse = true;
        settings.admit.policy = state.policy;
        metrics.setPolicyValid(true);
        logger.info({ ...place, ...summary(state.policy) }, 'policy replaced');
        resolve();
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
        resolve();
        break;
    }
  };
  const following = followPolicyConfigMap({
    api,
    namespace,
    name,
    onPolicy,
    onState: stateLogger('policy', logger, metrics),
  });
  return {
    firstRead,
    stop() {
      clearTimeout(timer);
      following.stop();
    },
  };
}

/** Says what matters once, not at every attempt. */
function stateLogger(resource: WatchedResource, logger: Logger, metrics: Metrics): (state: WatchState) => void {
  let last: WatchState['kind'] | undefined;
  metrics.setWatch(resource, false);
  return (state) => {
    const isNews = state.kind !== last;
    last = state.kind;
    metrics.setWatch(resource, state.kind === 'listed' || state.kind === 'resumed');
    switch (state.kind) {
      case 'listed':
        logger.info({ resource, count: state.count }, 'following');
        break;
      case 'resumed':
        logger.info({ resource }, 'following again');
        break;
      case 'history-gone':
        logger.info({ resource }, 'the API server forgot the changes since the last one; reading all anew');
        break;
      case 'unknown-resource':
        if (isNews) logger.warn({ resource }, 'the cluster has no such resource; trying again until it is installed');
        break;
      case 'failed':
        logger[isNews ? 'warn' : 'debug'](
          { resource, problem: state.problem, retryIn: state.retryIn },
          'not following; what was last known stays in use',
        );
        break;
    }
  };
}

function summary({ exemptions, unknownImages, remount }: Policy): Record<string, unknown> {
  return { unknownImages, remount, exemptions: exemptions.list.length };
}
