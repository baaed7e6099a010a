/** Follows the ImageProfiles of the cluster. */
import type { KubeApi } from '../../kube/api.ts';
import type { ImageProfile } from '../../profiles/profile.ts';
import { createProfileTable } from '../../profiles/table.ts';
import { awaitFirstRead } from './first-read.ts';
import type { Following, FollowOptions } from './following.ts';
import { createWatchReporter } from './report-watch.ts';

export async function followProfiles(api: KubeApi, { settings, logger, metrics }: FollowOptions): Promise<Following> {
  const { followImageProfiles } = await import('../../kube/image-profiles.ts');
  const files = settings.groups.map(({ origin, profiles }) => ({
    origin,
    profiles: profiles.map(({ profile }) => profile),
  }));
  const replace = (accepted: readonly ImageProfile[]): void => {
    settings.admit.profiles = createProfileTable([...files, { origin: 'custom', profiles: accepted }]);
  };
  const firstRead = awaitFirstRead(() =>
    logger.error('the ImageProfiles of the cluster cannot be read; starting with the built-in ones'),
  );
  const onState = createWatchReporter('imageprofiles', logger, metrics);
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
      if (state.kind === 'listed' || state.kind === 'unknown-resource') firstRead.done();
    },
  });
  return {
    firstRead: firstRead.promise,
    stop() {
      firstRead.arrived();
      following.stop();
    },
  };
}
