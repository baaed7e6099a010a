/** What Permafrost counts, for Prometheus. All labels come from closed lists, or from the table of rules: nothing that a pod says. */
import { collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { HardenedOutcome } from '../admission/admit.ts';
import type { Mode } from '../admission/mode.ts';
import { createTally } from './tally.ts';

/** What became of a request: an outcome of a review; `invalid`: no review at all (a 4xx); `error`: a bug of ours (a 500). */
export type ReviewOutcome = 'patched' | 'would-patch' | 'unchanged' | 'left-alone' | 'refused' | 'invalid' | 'error';

export type WatchedResource = 'imageprofiles' | 'policy';

export interface Metrics {
  registry: Registry;
  /** Counts one answered request. */
  countReview(mode: Mode, outcome: ReviewOutcome, seconds: number): void;
  /** Counts what the rules did to one pod. */
  countHardened(mode: Mode, outcome: HardenedOutcome): void;
  /** Whether the policy as the administrator last wrote it is the one in use. */
  setPolicyValid(isValid: boolean): void;
  /** How many profiles of the administrator's own are in use, and how many are left out. */
  setCustomProfiles(accepted: number, refused: number): void;
  /** Whether the copy of a resource of the cluster follows its changes. */
  setWatch(resource: WatchedResource, isConnected: boolean): void;
  /** Follows the certificate in use. */
  setCertificateExpiry(notAfter: Date): void;
}

/** From a quarter of a millisecond to the longest timeout that a webhook can have, 30 s. */
const durationBuckets = [
  0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 30,
];

/**
 * Makes all metrics in a registry of their own, with those of the process and of the event loop.
 *
 * @param version Permafrost's own
 */
export function createMetrics(version: string, nodeVersion: string): Metrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  // to know of each collection of garbage takes 4 MB over some 100,000 reviews; how long it holds reviews up is in the lag of the event loop
  registry.removeSingleMetric('nodejs_gc_duration_seconds');
  const reviews = createTally(
    registry,
    'permafrost_reviews_total',
    'Admission reviews answered, by mode and outcome.',
    ['mode', 'outcome'],
  );
  const duration = new Histogram({
    name: 'permafrost_review_duration_seconds',
    help: 'Time from the headers of a review to its answer, by mode.',
    labelNames: ['mode'],
    buckets: durationBuckets,
    registers,
  });
  const changes = createTally(
    registry,
    'permafrost_changes_total',
    'Changes by rule and mode; in the modes audit and warn, those that enforce would make.',
    ['rule', 'mode'],
  );
  const unknown = createTally(
    registry,
    'permafrost_containers_without_profile_total',
    'Containers whose image no profile describes, by mode.',
    ['mode'],
  );
  const exemptions = createTally(
    registry,
    'permafrost_exemptions_total',
    'What an exemption of the policy let through, by rule and mode.',
    ['rule', 'mode'],
  );
  const policyValid = new Gauge({
    name: 'permafrost_policy_valid',
    help: '1 when the policy as it was last written is in use; 0 when it is broken or gone and the last good one stays.',
    registers,
  });
  policyValid.set(1);
  const customProfiles = new Gauge({
    name: 'permafrost_custom_profiles',
    help: 'ImageProfile resources, by whether they are in use (accepted) or broken and left out (refused).',
    labelNames: ['state'],
    registers,
  });
  const watches = new Gauge({
    name: 'permafrost_watch_connected',
    help: '1 while changes of the resource in the cluster are followed, 0 while what was last known is used.',
    labelNames: ['resource'],
    registers,
  });
  const expiry = new Gauge({
    name: 'permafrost_certificate_expiry_timestamp_seconds',
    help: 'When the serving certificate in use expires, in seconds since 1970.',
    registers,
  });
  new Gauge({
    name: 'permafrost_build_info',
    help: 'Always 1; the labels say what is running.',
    labelNames: ['version', 'node_version'],
    registers,
  }).set({ version, node_version: nodeVersion }, 1);

  return {
    registry,
    countReview(mode, outcome, seconds) {
      reviews.add(mode, outcome);
      duration.observe({ mode }, seconds);
    },
    countHardened(mode, { findings, profiles }) {
      for (const { changed, rule, exemption } of findings) {
        if (changed) changes.add(rule, mode);
        if (exemption !== undefined) exemptions.add(rule, mode);
      }
      for (const profile of profiles.values()) if (profile === undefined) unknown.add(mode);
    },
    setPolicyValid(isValid) {
      policyValid.set(isValid ? 1 : 0);
    },
    setCustomProfiles(accepted, refused) {
      customProfiles.set({ state: 'accepted' }, accepted);
      customProfiles.set({ state: 'refused' }, refused);
    },
    setWatch(resource, isConnected) {
      watches.set({ resource }, isConnected ? 1 : 0);
    },
    setCertificateExpiry(notAfter) {
      expiry.set(notAfter.getTime() / 1000);
    },
  };
}
