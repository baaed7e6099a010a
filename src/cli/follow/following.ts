/** What following one thing takes, and what it gives. */
import type { Logger } from '../../log/logger.ts';
import type { Metrics } from '../../metrics/metrics.ts';
import type { ServeFlags } from '../serve-command.ts';
import type { ServeSettings } from '../serve-settings.ts';

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
