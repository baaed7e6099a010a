/** Keeps the certificates: rounds, one after the other, whenever something changes, is due, or has not been looked at for a while. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Leaf } from '../../certificates/leaf.ts';
import { createMaker } from '../../certificates/maker.ts';
import { makeRound, type Replica, type Round, type RoundContext } from '../../certificates/round.ts';
import type { CertificateSettings } from '../../certificates/settings.ts';
import { createWriteBudget } from '../../certificates/write-budget.ts';
import type { Logger } from '../../log/logger.ts';
import type { CertificateMetrics } from '../../metrics/certificate-metrics.ts';
import type { KubeApi } from '../api.ts';
import { type WatchState, watchResource } from '../watch-resource.ts';
import { createBell } from './bell.ts';
import { createRoundReporter } from './report-rounds.ts';
import { type CertificatePlaces, configurationsPath, createStore, secretsPath } from './store.ts';

export interface KeepOptions {
  api: KubeApi;
  places: CertificatePlaces;
  settings: CertificateSettings;
  logger: Logger;
  metrics: CertificateMetrics;
  /** Gets each certificate from the moment on from which it must be served. */
  onCertificate(leaf: Leaf): void;
  /** Told when what is served is trusted for the first time; until then, what it waits for. */
  onReady(): void;
  onWaiting(reason: string): void;
}

/** In milliseconds. */
const timing = {
  /** Without any change: what a watch might have missed. */
  resync: 30_000,
  /** After an error, at first and at most. */
  retry: 500,
  maxRetry: 30_000,
  /** After somebody else's write, so that replicas which met once do not meet again. */
  conflict: 100,
};

/** No chain of steps is that long: one that is would be a mistake of ours, which must not keep an API server busy. */
const mostSteps = 25;

/** Starts; `stop` ends it, and whatever is under way is left for another replica. */
export function keepCertificates(options: KeepOptions): { stop(): void } {
  const { api, places, settings, logger, metrics, onCertificate, onReady, onWaiting } = options;
  const context: RoundContext = {
    store: createStore(api, places),
    maker: createMaker(settings),
    settings,
    clock: { now: () => Date.now(), monotonic: () => performance.now() },
    onCertificate(leaf) {
      if (!stopping.signal.aborted) onCertificate(leaf);
    },
  };
  const replica: Replica = {
    trust: new Map(),
    serving: undefined,
    budget: createWriteBudget(),
    jitter: Math.random(),
  };
  const stopping = new AbortController();
  const bell = createBell();
  const report = createRoundReporter({ logger, metrics, secret: places.secret, replica });
  const watches = [
    { path: secretsPath(places), name: places.secret },
    { path: configurationsPath, name: places.configuration },
  ].map(({ path, name }) =>
    watchResource({
      api,
      path,
      query: { fieldSelector: `metadata.name=${name}` },
      onChange: bell.ring,
      onState: watchReporter(`${path}/${name}`, logger),
    }),
  );
  void loop();
  return {
    stop() {
      stopping.abort();
      for (const watch of watches) watch.stop();
      bell.ring();
    },
  };

  async function loop(): Promise<void> {
    let failures = 0;
    let steps = 0;
    let isReady = false;
    while (!stopping.signal.aborted) {
      let wait: number;
      try {
        const round = await makeRound(replica, context);
        if (stopping.signal.aborted) return;
        failures = 0;
        report.round(round);
        if (round.isTrusted && !isReady) {
          isReady = true;
          onReady();
        }
        if (!isReady) onWaiting(waitingFor(round));
        steps = round.step.kind === 'wait' ? 0 : steps + 1;
        wait = pause(round, steps);
      } catch (error) {
        if (stopping.signal.aborted) return;
        failures += 1;
        const problem = error instanceof Error ? error.message : String(error);
        report.trouble(problem);
        if (!isReady) onWaiting(problem);
        wait = Math.min(timing.maxRetry, timing.retry * 2 ** Math.min(failures, 10)) * (0.5 + Math.random() / 2);
        // whatever rings now would most likely fail in the same way
        await sleep(Math.min(wait, 1000), undefined, { ref: false });
      }
      await bell.rung(wait);
    }
  }

  function pause({ outcome, wait }: Round, steps: number): number {
    if (steps > mostSteps) {
      logger.error({ steps }, 'certificates: no end of steps; slowing down');
      return timing.resync;
    }
    if (outcome === 'conflict') return timing.conflict * Math.random();
    return Math.min(wait, timing.resync * (0.8 + 0.4 * Math.random()));
  }

  function waitingFor({ step, outcome }: Round): string {
    if (outcome === 'conflict') return 'another replica is making the certificate';
    if (step.kind === 'trust') return `the caBundle of ${places.configuration} to be written`;
    if (step.kind === 'wait' && replica.serving) return `the caBundle of ${places.configuration} to be mended`;
    return 'a certificate to be made';
  }
}

/** Without the watch, changes are seen late, but they are seen. */
function watchReporter(what: string, logger: Logger): (state: WatchState) => void {
  let last: string | undefined;
  return (state) => {
    const problem = state.kind === 'failed' ? state.problem : undefined;
    if (problem !== undefined && problem !== last) {
      logger.warn({ watch: what, problem }, 'changes are seen late: the watch fails');
    }
    if (state.kind === 'failed' || state.kind === 'listed' || state.kind === 'resumed') last = problem;
  };
}
