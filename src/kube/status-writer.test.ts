import { pino } from 'pino';
import { expect, test, vi } from 'vitest';
import { ApiError, type KubeApi } from './api.ts';
import { nextStatus, type ProfileStatus, type Verdict } from './profile-status.ts';
import { createStatusWriter } from './status-writer.ts';
import type { KubeObject } from './watch-resource.ts';

const logger = pino({ level: 'silent' });
const broken: Verdict = { problems: ['spec.versions: is wrong'], conflicts: [], paths: 0 };
const fine: Verdict = { problems: [], conflicts: [], paths: 2 };
const object = (status?: ProfileStatus, resourceVersion = '1'): KubeObject => ({
  metadata: { name: 'app', uid: 'uid', resourceVersion, generation: 1 },
  ...(status && { status }),
});

test('a status that is right is left alone; the time changes only with the condition', () => {
  const first = nextStatus(object(), fine, new Date('2027-01-31T10:00:00.123Z'));
  expect(first).toEqual({
    conditions: [
      {
        type: 'Accepted',
        status: 'True',
        reason: 'Accepted',
        message: 'in use',
        observedGeneration: 1,
        lastTransitionTime: '2027-01-31T10:00:00Z',
      },
    ],
    paths: 2,
  });
  expect(nextStatus(object(first), fine, new Date())).toBeUndefined();
  const second = nextStatus(object(first), { ...fine, paths: 3 }, new Date('2028-01-01'));
  expect(second?.conditions[0]?.lastTransitionTime).toBe('2027-01-31T10:00:00Z');
  expect(nextStatus(object(first), broken, new Date('2028-01-01'))?.conditions[0]).toMatchObject({
    status: 'False',
    lastTransitionTime: '2028-01-01T00:00:00Z',
  });
});

test('a condition of somebody else stays', () => {
  const other = { ...nextStatus(object(), fine, new Date())?.conditions[0], type: 'Reviewed' } as never;
  const next = nextStatus(object({ conditions: [other], paths: 2 }), fine, new Date());
  expect(next?.conditions.map(({ type }) => type)).toEqual(['Reviewed', 'Accepted']);
});

test('two versions of Permafrost that disagree write once each, and not for ever', async () => {
  let current = object();
  let writes = 0;
  const writers: { update(): void; stop(): void }[] = [];
  const api: KubeApi = {
    async send(_method, _path, { body }) {
      const { metadata, status } = body as { metadata: { resourceVersion: string }; status: ProfileStatus };
      if (metadata.resourceVersion !== current.metadata.resourceVersion) throw new ApiError(409, 'Conflict');
      writes++;
      current = object(status, String(Number(current.metadata.resourceVersion) + 1));
      for (const each of writers) each.update();
      return current;
    },
    async *stream() {},
  };
  for (const verdict of [fine, broken]) {
    const writer = createStatusWriter({ api, path: '/profiles', logger });
    writers.push({
      update: () => writer.update(new Map([['uid', { object: current, verdict }]])),
      stop: () => writer.stop(),
    });
  }
  for (const writer of writers) writer.update();
  await vi.waitFor(() => expect(writes).toBeGreaterThanOrEqual(2), 5_000);
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  expect(writes).toBe(2);
  for (const writer of writers) writer.stop();
});
