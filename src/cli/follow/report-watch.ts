/** What the log and the metrics say of a watch. */
import type { WatchState } from '../../kube/watch-resource.ts';
import type { Logger } from '../../log/logger.ts';
import type { Metrics, WatchedResource } from '../../metrics/metrics.ts';

/** Says what matters once, not at every attempt. */
export function createWatchReporter(
  resource: WatchedResource,
  logger: Logger,
  metrics: Metrics,
): (state: WatchState) => void {
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
