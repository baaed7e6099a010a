/**
 * Keeps a copy of all objects of one resource: lists, then watches, and starts again where the last event left off. What was last known
 * stays until something newer is known in full, so that nothing is missing while the API server is away or history is gone.
 *
 * https://kubernetes.io/docs/reference/using-api/api-concepts/#efficient-detection-of-changes
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { ApiError, type KubeApi } from './api.ts';

export interface KubeObject {
  metadata: {
    name: string;
    uid: string;
    resourceVersion: string;
    generation?: number;
    [field: string]: unknown;
  };
  [field: string]: unknown;
}

/** What a watch goes through, for logs and metrics. */
export type WatchState =
  /** A complete list was read; from here on events follow. */
  | { kind: 'listed'; count: number }
  /** After `failed`: changes are followed again, from where they were left. */
  | { kind: 'resumed' }
  /** The API server does not know the resource: its definition is not installed (yet). */
  | { kind: 'unknown-resource' }
  /** The API server forgot the events since ours; a new list follows. */
  | { kind: 'history-gone' }
  | { kind: 'failed'; problem: string; retryIn: number };

export interface ResourceWatchOptions {
  api: KubeApi;
  /** Of the list: `/apis/permafrost.dev/v1alpha1/imageprofiles`. */
  path: string;
  query?: Record<string, string>;
  /** What is kept of an object; all of it by default. */
  keep?(object: KubeObject): KubeObject;
  /** Gets all objects by uid after each change. */
  onChange(objects: ReadonlyMap<string, KubeObject>): void;
  onState(state: WatchState): void;
  timing?: Partial<WatchTiming>;
}

/** In milliseconds. */
export interface WatchTiming {
  /**
   * How long one watch goes on, give or take a fifth, so that replicas do not all come at once. A connection that is open and silent looks
   * just like a quiet cluster; it is noticed at the end of this time, as client-go notices it with its HTTP/2 pings after 45 s.
   */
  watch: number;
  /** How much later than asked for the API server may end a watch before it counts as dead. */
  grace: number;
  /** For a page of a list, and until a watch answers at all. */
  answer: number;
  /** The longest pause between two attempts. */
  maxDelay: number;
  /** How long a resource must be unknown before its objects count as gone: an API server that starts may not know it for a moment. */
  unknown: number;
}

const defaultTiming: WatchTiming = { watch: 30_000, grace: 5_000, answer: 15_000, maxDelay: 5_000, unknown: 60_000 };

/** So many objects come at a time; a list of all at once would be held in memory three times. */
const pageSize = '500';

/** Follows a resource until `stop` is called. */
export function watchResource(options: ResourceWatchOptions): { stop(): void } {
  const { api, path, onChange, onState, keep = (object: KubeObject) => object } = options;
  const timing = { ...defaultTiming, ...options.timing };
  const controller = new AbortController();
  const { signal: stopped } = controller;
  let objects = new Map<string, KubeObject>();
  let version: string | undefined;
  let failures = 0;
  let unknownSince: number | undefined;
  let hasFailed = false;

  void loop();
  return { stop: () => controller.abort() };

  async function loop(): Promise<void> {
    while (!stopped.aborted) {
      try {
        if (version === undefined) await list();
        await watch();
      } catch (error) {
        if (stopped.aborted) return;
        failures++;
        const retryIn = delayAfter(failures, timing.maxDelay);
        report(error, retryIn);
        await sleep(retryIn, undefined, { signal: stopped, ref: false }).catch(() => {});
      }
    }
  }

  function report(error: unknown, retryIn: number): void {
    const status = error instanceof ApiError ? error.status : undefined;
    if (status === 410) {
      version = undefined;
      onState({ kind: 'history-gone' });
      return;
    }
    if (status !== 404) {
      hasFailed = true;
      onState({ kind: 'failed', problem: error instanceof Error ? error.message : String(error), retryIn });
      return;
    }
    version = undefined;
    unknownSince ??= performance.now();
    onState({ kind: 'unknown-resource' });
    if (objects.size > 0 && performance.now() - unknownSince > timing.unknown) replaceAll(new Map());
  }

  async function list(): Promise<void> {
    const next = new Map<string, KubeObject>();
    let page: ListPage = { metadata: { resourceVersion: '' }, items: [] };
    do {
      const query = {
        ...options.query,
        limit: pageSize,
        ...(page.metadata.continue && { continue: page.metadata.continue }),
      };
      const signal = AbortSignal.any([stopped, AbortSignal.timeout(timing.answer)]);
      page = (await api.send('GET', path, { query, signal })) as ListPage;
      for (const item of page.items ?? []) next.set(item.metadata.uid, keep(item));
    } while (page.metadata.continue);
    version = page.metadata.resourceVersion;
    unknownSince = undefined;
    replaceAll(next);
    hasFailed = false;
    onState({ kind: 'listed', count: next.size });
  }

  function replaceAll(next: Map<string, KubeObject>): void {
    objects = next;
    onChange(objects);
  }

  async function watch(): Promise<void> {
    const started = performance.now();
    const length = timing.watch * (0.8 + 0.4 * Math.random());
    const timeoutSeconds = Math.max(1, Math.round(length / 1000));
    const silence = new AbortController();
    const watchdog = setTimeout(
      () => silence.abort(new Error('the watch went silent: no end at the time that was asked for')),
      timeoutSeconds * 1000 + timing.grace,
    );
    watchdog.unref();
    try {
      const events = api.stream(path, {
        query: {
          ...options.query,
          watch: 'true',
          allowWatchBookmarks: 'true',
          resourceVersion: version ?? '',
          timeoutSeconds: String(timeoutSeconds),
        },
        signal: AbortSignal.any([stopped, silence.signal]),
        answerWithin: timing.answer,
        onOpen() {
          if (hasFailed) onState({ kind: 'resumed' });
          hasFailed = false;
        },
      });
      for await (const event of events) {
        apply(event as WatchEvent);
        failures = 0;
      }
    } catch (error) {
      throw silence.signal.aborted ? silence.signal.reason : error;
    } finally {
      clearTimeout(watchdog);
      // a watch that held for a while was no failure, however it ended
      if (performance.now() - started > 1_000) failures = 0;
    }
    if (performance.now() - started < 500) throw new Error('the API server ended the watch at once');
  }

  function apply({ type, object }: WatchEvent): void {
    if (type === 'ERROR') {
      const { code = 500, message = 'unknown' } = object as unknown as { code?: number; message?: string };
      throw new ApiError(code, message);
    }
    const { uid, resourceVersion } = object.metadata;
    if (type !== 'BOOKMARK') {
      if (type === 'DELETED') objects.delete(uid);
      else objects.set(uid, keep(object));
      onChange(objects);
    }
    version = resourceVersion;
  }
}

interface ListPage {
  metadata: { resourceVersion: string; continue?: string };
  items?: KubeObject[];
}

interface WatchEvent {
  type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR';
  object: KubeObject;
}

/** Doubles from 100 ms; a random half of it, so that replicas that fell together do not come back together. */
function delayAfter(failures: number, max: number): number {
  return Math.round(Math.min(max, 100 * 2 ** (failures - 1)) * (0.5 + 0.5 * Math.random()));
}
