/** Follows the ImageProfiles of a cluster: the right ones go into the table, the broken ones stay out and say so in their status. */
import { fieldPath } from '../harden/field-path.ts';
import type { Logger } from '../log/logger.ts';
import { findOverlaps } from '../profiles/overlaps.ts';
import { type ImageProfile, imageProfileSchema } from '../profiles/profile.ts';
import type { KubeApi } from './api.ts';
import { profileGroup, profilePlural, profileVersion } from './crd-names.ts';
import type { Verdict } from './profile-status.ts';
import { createStatusWriter } from './status-writer.ts';
import { type KubeObject, type WatchState, type WatchTiming, watchResource } from './watch-resource.ts';

export interface FollowedProfiles {
  accepted: readonly ImageProfile[];
  /** How many resources are left out. */
  refused: number;
}

export interface ImageProfilesOptions {
  api: KubeApi;
  logger: Logger;
  /** Gets the whole set after each change of it. */
  onProfiles(profiles: FollowedProfiles): void;
  onState(state: WatchState): void;
  timing?: Partial<WatchTiming>;
}

/**
 * Milliseconds in which changes are gathered: `kubectl apply` of a folder brings one every few. The longer the last turn took (25 ms with
 * ten thousand profiles), the longer the next one waits, so that reviews always have most of the processor.
 */
const gatherTime = { shortest: 50, longest: 400, perWork: 5 };

const path = `/apis/${profileGroup}/${profileVersion}/${profilePlural}`;

/** Follows until `stop` is called. */
export function followImageProfiles(options: ImageProfilesOptions): { stop(): void } {
  const { api, logger, onProfiles } = options;
  const writer = createStatusWriter({ api, path, logger });
  /** By uid: a change of status or labels is no reason to read a profile again. */
  const known = new Map<string, Reading>();
  let objects: ReadonlyMap<string, KubeObject> = new Map();
  let conflicts = new Map<string, string[]>();
  let timer: NodeJS.Timeout | undefined;

  let work = 0;

  const evaluate = (): void => {
    timer = undefined;
    const started = performance.now();
    let isChanged = false;
    for (const uid of known.keys()) {
      if (!objects.has(uid)) {
        known.delete(uid);
        isChanged = true;
      }
    }
    for (const [uid, object] of objects) {
      if (known.get(uid)?.generation === object.metadata.generation) continue;
      const reading = readProfile(object);
      known.set(uid, reading);
      isChanged = true;
      if (reading.problems.length > 0) {
        logger.error({ profile: object.metadata.name, problems: reading.problems }, 'ImageProfile left out');
      }
    }
    if (isChanged) {
      const accepted = [...known.values()].flatMap(({ profile }) => profile ?? []);
      conflicts = describeConflicts(accepted);
      onProfiles({ accepted, refused: known.size - accepted.length });
    }
    writer.update(verdicts());
    work = performance.now() - started;
  };

  const verdicts = () => {
    const result = new Map<string, { object: KubeObject; verdict: Verdict }>();
    for (const [uid, object] of objects) {
      const { problems = [], paths = 0 } = known.get(uid) ?? {};
      result.set(uid, { object, verdict: { problems, paths, conflicts: conflicts.get(object.metadata.name) ?? [] } });
    }
    return result;
  };

  const watch = watchResource({
    api,
    path,
    keep: withoutBallast,
    onState: (state) => {
      // the first list counts as read when the table has it
      if (state.kind === 'listed') {
        clearTimeout(timer);
        evaluate();
      }
      options.onState(state);
    },
    onChange(next) {
      objects = next;
      const { shortest, longest, perWork } = gatherTime;
      timer ??= setTimeout(evaluate, Math.min(longest, Math.max(shortest, perWork * work)));
    },
    ...(options.timing && { timing: options.timing }),
  });
  return {
    stop() {
      watch.stop();
      writer.stop();
      clearTimeout(timer);
    },
  };
}

/** Managed fields and annotations (`kubectl apply` keeps a copy of all in one) are most of a resource, and nobody looks at them. */
function withoutBallast({ apiVersion, kind, metadata, ...rest }: KubeObject): KubeObject {
  const { name, uid, resourceVersion, generation } = metadata;
  return {
    apiVersion,
    kind,
    metadata: { name, uid, resourceVersion, ...(generation !== undefined && { generation }) },
    spec: rest['spec'],
    status: rest['status'],
  };
}

interface Reading {
  generation: number | undefined;
  profile: ImageProfile | undefined;
  problems: string[];
  paths: number;
}

function readProfile({ apiVersion, kind, metadata, ...rest }: KubeObject): Reading {
  const { generation, name } = metadata;
  const result = imageProfileSchema.safeParse({ apiVersion, kind, metadata: { name }, spec: rest['spec'] });
  if (result.success) {
    return { generation, profile: result.data, problems: [], paths: result.data.spec.writablePaths?.length ?? 0 };
  }
  const problems = result.error.issues.map((issue) => `${fieldPath(issue.path)}: ${issue.message}`);
  return { generation, profile: undefined, problems, paths: 0 };
}

/** By name of the profile that loses. */
function describeConflicts(profiles: readonly ImageProfile[]): Map<string, string[]> {
  const conflicts = new Map<string, string[]>();
  for (const { image, winner, loser } of findOverlaps(profiles)) {
    const { name } = loser.metadata;
    const message = `"${winner.metadata.name}" claims ${image} with the same weight and is used; narrow one of the two`;
    conflicts.set(name, [...(conflicts.get(name) ?? []), message]);
  }
  return conflicts;
}
