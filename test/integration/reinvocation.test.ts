/** Another webhook that injects a sidecar after Permafrost has seen the pod. */
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { acceptPod, auditEvent, calledWebhooks, createNamespace } from './support/cluster.ts';
import { containerOf, injectedPaths, isHardened, podOf } from './support/pods.ts';
import { type SidecarInjector, startSidecarInjector } from './support/sidecar-injector.ts';
import { startWebhook, type Webhook } from './support/webhook.ts';

let webhook: Webhook;
let injector: SidecarInjector | undefined;
beforeAll(async () => {
  webhook = await startWebhook();
});
afterEach(() => injector?.remove());
afterAll(() => webhook?.remove());

// the API server calls in the order of the names of the configurations; and again, because its own ServiceAccount admission runs again
// after a webhook changed a pod, and mounts a token into the sidecar
test.for([
  ['after', 'zz-sidecars', ['enforce.permafrost.dev', 'sidecars.example.com', 'enforce.permafrost.dev']],
  ['before', 'aa-sidecars', ['sidecars.example.com', 'enforce.permafrost.dev', 'enforce.permafrost.dev']],
] as const)(
  'a sidecar that another webhook injects $0 Permafrost is hardened like every other container',
  async ([, name, calls]) => {
    injector = await startSidecarInjector(name, {
      name: 'sidecar',
      image: 'nginx',
      securityContext: { privileged: true },
    });
    const namespace = await createNamespace('enforce');
    const { pod } = await acceptPod(namespace, podOf({ image: 'redis' }));
    expect(isHardened(pod)).toBe(true);
    expect(containerOf(pod, 'sidecar').securityContext?.privileged).toBe(false);
    expect(injectedPaths(pod, 'sidecar')).toEqual(['/var/cache/nginx', '/var/run']);

    // once for each container: a second pass does not do again what the first one did
    const mounts = pod.spec.containers?.flatMap((container) => container.volumeMounts ?? []) ?? [];
    const volumes = pod.spec.volumes?.filter((volume) => volume.name.startsWith('permafrost-')) ?? [];
    for (const volume of volumes) expect(mounts.filter((mount) => mount.name === volume.name)).toHaveLength(1);
    const lines = pod.metadata?.annotations?.['permafrost.dev/changes']?.split('\n') ?? [];
    expect(lines.filter((line) => line.includes('app: '))).toHaveLength(1);
    expect(lines.filter((line) => line.includes('sidecar: '))).toHaveLength(1);
    expect(calledWebhooks(await auditEvent(namespace))).toEqual(calls);
  },
);
