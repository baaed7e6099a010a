/** Writes the status of resources: a few at a time, once for each finding, and never against somebody who was faster. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from '../log/logger.ts';
import { ApiError, type KubeApi } from './api.ts';
import { nextStatus, type Verdict, verdictKey } from './profile-status.ts';
import type { KubeObject } from './watch-resource.ts';

export interface StatusWriter {
  /** Brings the status of all resources up to date, in its own time. */
  update(verdicts: ReadonlyMap<string, { object: KubeObject; verdict: Verdict }>): void;
  stop(): void;
}

export interface StatusWriterOptions {
  api: KubeApi;
  /** Of the resources: `/apis/permafrost.dev/v1alpha1/imageprofiles`. */
  path: string;
  logger: Logger;
}

const concurrency = 4;
/** Milliseconds; a random part of it lets one replica be first, and the others see that it is done. */
const headStart = 300;
/** Milliseconds after an answer that trying again at once will not change. */
const pause = 10_000;
const writeTimeout = 10_000;

/** Makes a writer. */
export function createStatusWriter({ api, path, logger }: StatusWriterOptions): StatusWriter {
  const controller = new AbortController();
  const { signal: stopped } = controller;
  let latest: ReadonlyMap<string, { object: KubeObject; verdict: Verdict }> = new Map();
  /**
   * By uid, what this replica wrote last. It writes each finding once: two replicas of different versions that disagree would otherwise
   * overwrite each other for ever.
   */
  const written = new Map<string, string>();
  let isRunning = false;
  let isDirty = false;

  return {
    update(verdicts) {
      latest = verdicts;
      for (const uid of written.keys()) if (!verdicts.has(uid)) written.delete(uid);
      isDirty = true;
      if (!isRunning) void run();
    },
    stop: () => controller.abort(),
  };

  async function run(): Promise<void> {
    isRunning = true;
    while (isDirty && !stopped.aborted) {
      isDirty = false;
      const queue = shuffled([...latest.keys()].filter(needsWrite));
      if (queue.length === 0) break;
      await wait(Math.random() * headStart);
      const outcomes = await Promise.all(Array.from({ length: concurrency }, () => drain(queue)));
      if (outcomes.includes('failed')) {
        await wait(pause);
        isDirty = true;
      }
    }
    isRunning = false;
  }

  async function drain(queue: string[]): Promise<'done' | 'failed'> {
    for (let uid = queue.pop(); uid !== undefined && !stopped.aborted; uid = queue.pop()) {
      // looked at again: another replica may have written it meanwhile
      if (!needsWrite(uid)) continue;
      try {
        await write(uid);
      } catch (error) {
        if (stopped.aborted) return 'done';
        logger.warn({ problem: String(error) }, 'the status of ImageProfiles cannot be written; trying again later');
        queue.length = 0;
        return 'failed';
      }
    }
    return 'done';
  }

  function needsWrite(uid: string): boolean {
    const entry = latest.get(uid);
    if (!entry || written.get(uid) === verdictKey(entry.object, entry.verdict)) return false;
    return nextStatus(entry.object, entry.verdict, new Date(0)) !== undefined;
  }

  async function write(uid: string): Promise<void> {
    const entry = latest.get(uid);
    const status = entry && nextStatus(entry.object, entry.verdict, new Date());
    if (!status) return;
    const { name, resourceVersion } = entry.object.metadata;
    try {
      await api.send('PATCH', `${path}/${name}/status`, {
        // with the version it was made from, so that a newer one is not overwritten
        body: { metadata: { uid, resourceVersion }, status },
        contentType: 'application/merge-patch+json',
        signal: AbortSignal.any([stopped, AbortSignal.timeout(writeTimeout)]),
      });
      written.set(uid, verdictKey(entry.object, entry.verdict));
    } catch (error) {
      // somebody was faster, or it is gone: the watch tells, and then it is looked at again
      if (!(error instanceof ApiError && (error.status === 409 || error.status === 404))) throw error;
    }
  }

  async function wait(milliseconds: number): Promise<void> {
    await sleep(milliseconds, undefined, { signal: stopped, ref: false }).catch(() => {});
  }
}

/** In an order of its own, so that replicas share the work of many. */
function shuffled<T>(items: T[]): T[] {
  return items
    .map((item) => ({ item, at: Math.random() }))
    .toSorted((a, b) => a.at - b.at)
    .map(({ item }) => item);
}
