/** Permafrost is gone, and the API server still has its configuration. */
import { afterEach, expect, test } from 'vitest';
import { acceptPod, createNamespace, createPod, kubectl } from './support/cluster.ts';
import { isHardened, nginxPod, podOf } from './support/pods.ts';
import { startWebhook, type Webhook } from './support/webhook.ts';

let webhook: Webhook | undefined;
afterEach(() => webhook?.remove());

test('Fail: no pod gets in unhardened; the error names the webhook, and other namespaces never notice', async () => {
  webhook = await startWebhook();
  const [enforce, plain, warn, audit] = await Promise.all([
    createNamespace('enforce'),
    createNamespace(),
    createNamespace('warn'),
    createNamespace('audit'),
  ]);
  await webhook.stop();

  const refused = await kubectl(['create', '--namespace', enforce, '--filename=-'], JSON.stringify(nginxPod));
  expect(refused.exitCode).toBe(1);
  expect(refused.stderr).toMatch(/failed calling webhook "enforce\.permafrost\.dev".*connection refused/);
  expect((await createPod(enforce, podOf())).status).toBe(500);

  const started = performance.now();
  const { pod, warnings } = await acceptPod(plain, nginxPod);
  expect(isHardened(pod)).toBe(false);
  expect(warnings).toEqual([]);
  expect(performance.now() - started).toBeLessThan(2000);

  // what changes nothing must not stand in the way either
  for (const namespace of [warn, audit]) await acceptPod(namespace, nginxPod);
});

test('Ignore: pods get in as they are', async () => {
  webhook = await startWebhook({ failurePolicy: 'Ignore' });
  const namespace = await createNamespace('enforce');
  expect(isHardened((await acceptPod(namespace, podOf())).pod)).toBe(true);
  await webhook.stop();
  expect(isHardened((await acceptPod(namespace, podOf())).pod)).toBe(false);
});
