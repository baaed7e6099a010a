/**
 * Pods that an API server accepts, it also accepts in an enforce namespace, and they come out as promised.
 * PERMAFROST_PODS and PERMAFROST_SEED choose how many and which.
 */
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createNamespace, createPod } from './support/cluster.ts';
import { podArbitrary } from './support/pod-arbitrary.ts';
import { comparable, expectHardened, profiledImages, profiledPaths } from './support/promises.ts';
import { startWebhook, type Webhook } from './support/webhook.ts';

const count = Number(process.env['PERMAFROST_PODS'] ?? 1000);
const seed = Number(process.env['PERMAFROST_SEED'] ?? Math.floor(Math.random() * 2 ** 31));

/** Of the generated pods; with fewer the test would say little. */
const validFloor = 0.7;

let webhook: Webhook;
let plain: string;
let enforce: string;

beforeAll(async () => {
  webhook = await startWebhook();
  [plain, enforce] = await Promise.all([createNamespace(), createNamespace('enforce')]);
});
afterAll(() => webhook?.remove());

test(`a pod that is valid without Permafrost is valid with it, and hardened (${count} pods)`, async () => {
  process.stdout.write(`generated pods: PERMAFROST_SEED=${seed} PERMAFROST_PODS=${count}\n`);
  const arbitrary = podArbitrary({ images: profiledImages, paths: profiledPaths });
  let drawn = 0;
  let valid = 0;
  const property = fc.asyncProperty(arbitrary, async (pod) => {
    drawn++;
    const before = await createPod(plain, pod, '?dryRun=All');
    if (!before.pod) return;
    valid++;
    const after = await createPod(enforce, pod, '?dryRun=All');
    if (!after.pod) throw new Error(`valid without Permafrost, refused with it: ${after.text}`);
    expectHardened(before.pod, after.pod);

    // what the server made of it, sent again: a copy of a running pod, or a backup that is restored
    const again = await createPod(enforce, after.pod, '?dryRun=All');
    if (!again.pod) throw new Error(`hardened once, then refused: ${again.text}`);
    expect(comparable(again.pod), 'a second time changes nothing').toEqual(comparable(after.pod));
  });
  // several at once, since each mostly waits for the API server; a failure names the seed of its own row
  const rows = Array.from({ length: 4 }, (_, row) =>
    fc.assert(property, { seed: seed + row, numRuns: Math.ceil(count / 4), asyncReporter: reportShortly }),
  );
  await Promise.all(rows);
  process.stdout.write(`generated pods: ${valid} of ${drawn} valid\n`);
  expect(valid / drawn, 'generated pods that are valid').toBeGreaterThan(validFloor);
}, 1_800_000);

/** Without the annotation that fills a pod up to its limit. */
async function reportShortly<T>(details: fc.RunDetails<T>): Promise<void> {
  const report = await fc.asyncDefaultReportMessage(details);
  if (report)
    throw new Error(
      report.replaceAll(/x{100,}/g, (filler) => `<${filler.length} x>`),
      { cause: details.errorInstance },
    );
}
