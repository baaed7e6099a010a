import fc from 'fast-check';
import jsonPatch from 'fast-json-patch';
import { describe, expect, test } from 'vitest';
import { changesAnnotation, safeToEvictAnnotation } from '../../src/harden/annotations.ts';
import { allContainers } from '../../src/harden/containers.ts';
import { type HardenSettings, harden } from '../../src/harden/harden.ts';
import { canonicalPath, viewMounts } from '../../src/harden/mounts.ts';
import { createPatch } from '../../src/harden/patch.ts';
import type { Pod } from '../../src/harden/pod.ts';
import { containerKinds } from '../../src/harden/rule.ts';
import { defaultPolicy } from '../../src/policy/policy.ts';
import { builtInFolder, loadProfiles } from '../../src/profiles/load.ts';
import { createProfileTable, matchImage } from '../../src/profiles/table.ts';
import { pods } from './generate-pod.ts';
import { visibleMounts } from './visible-mounts.ts';

const profiles = createProfileTable([
  { origin: 'built-in', profiles: loadProfiles(builtInFolder).profiles.map(({ profile }) => profile) },
]);
const settings: HardenSettings = { profiles, policy: defaultPolicy, version: '0.0.0' };

const options = { namespace: 'shop', today: '2026-11-22' };

function forEveryPod(check: (pod: Pod, hardened: Pod) => void): void {
  fc.assert(
    fc.property(pods, (pod) => {
      check(pod, harden(pod, settings, options).pod);
    }),
    { numRuns: 500 },
  );
}

describe('hardening any pod', () => {
  test('is idempotent: a second pass returns the same object', () => {
    forEveryPod((_, hardened) => expect(harden(hardened, settings, options).pod).toBe(hardened));
  });

  test('never mutates its input', () => {
    fc.assert(
      fc.property(pods, (pod) => {
        const copy = structuredClone(pod);
        harden(pod, settings, options);
        expect(pod).toEqual(copy);
      }),
      { numRuns: 300 },
    );
  });

  test('makes a patch that, applied to the input, is the result', () => {
    forEveryPod((pod, hardened) => {
      const patched = jsonPatch.applyPatch(structuredClone(pod), createPatch(pod, hardened), true).newDocument;
      expect(patched).toEqual(JSON.parse(JSON.stringify(hardened)));
    });
  });

  test('makes no patch exactly when nothing was found to change', () => {
    forEveryPod((pod, hardened) => {
      const changed = harden(pod, settings, options).findings.some((finding) => finding.changed);
      expect(createPatch(pod, hardened).length > 0).toBe(changed);
    });
  });

  test('leaves no container with a writable root, privilege, or a capability that remounts', () => {
    forEveryPod((_, hardened) => {
      for (const { securityContext } of allContainers(hardened)) {
        expect(securityContext?.readOnlyRootFilesystem).toBe(true);
        expect(securityContext?.privileged ?? false).toBe(false);
        expect(securityContext?.procMount ?? 'Default').toBe('Default');
        const added = securityContext?.capabilities?.add ?? [];
        expect(added.filter((name) => /^(cap_)?(sys_admin|all)$/i.test(name))).toEqual([]);
      }
    });
  });

  test('covers every path of the profile, or says why not', () => {
    forEveryPod((pod) => {
      const { pod: hardened, findings } = harden(pod, settings, options);
      for (const container of allContainers(hardened)) {
        const profile = matchImage(profiles, container.image ?? '', settings.policy.registryMirrors);
        for (const { path } of profile?.spec.writablePaths ?? [{ path: '/tmp' }]) {
          const cover = viewMounts(container, hardened.spec.volumes ?? []).cover(canonicalPath(path));
          if (cover.kind === 'read-only') {
            expect(findings.some((finding) => !finding.changed && finding.message.startsWith(path))).toBe(true);
          } else expect(cover.kind).toMatch(/mounted|writable/);
        }
      }
    });
  });

  test('gives every injected volume a limit, a name of its own that is a DNS label, one container, and a line in the annotation', () => {
    forEveryPod((pod, hardened) => {
      const before = pod.spec.volumes ?? [];
      const added = (hardened.spec.volumes ?? []).slice(before.length);
      const names = (hardened.spec.volumes ?? []).map(({ name }) => name);
      expect(new Set(names).size).toBe(names.length);
      for (const volume of added) {
        expect(volume.name).toMatch(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/);
        expect(volume).toMatchObject({ emptyDir: { sizeLimit: expect.stringMatching(/^\d+/) } });
        const users = allContainers(hardened).flatMap(
          ({ volumeMounts }) => volumeMounts?.filter(({ name }) => name === volume.name) ?? [],
        );
        expect(users).toHaveLength(1);
        expect(hardened.metadata?.annotations?.[safeToEvictAnnotation]?.split(',')).toContain(volume.name);
      }
    });
  });

  test('never lets an injected mount hide another mount', () => {
    forEveryPod((pod, hardened) => {
      for (const container of allContainers(hardened)) {
        const before = allContainers(pod).find(({ name }) => name === container.name);
        const seen = visibleMounts(container).map(({ mount }) => mount);
        const added = container.volumeMounts?.slice(before?.volumeMounts?.length ?? 0) ?? [];
        const wanted = before ? visibleMounts(before).map(({ mount }) => mount) : [];
        for (const mount of [...wanted, ...added])
          expect(seen.map(({ mountPath }) => mountPath)).toContain(mount.mountPath);
      }
    });
  });

  test('changes nothing but what it is for', () => {
    forEveryPod((pod, hardened) => {
      expect(withoutOurs(hardened)).toEqual(withoutOurs(pod));
    });
  });
});

/** A pod without all that Permafrost may change, to compare the rest. */
function withoutOurs(pod: Pod): unknown {
  const copy = JSON.parse(JSON.stringify(pod));
  const ours = new Set<string>();
  for (const volume of copy.spec.volumes ?? [])
    if (volume.emptyDir?.sizeLimit && volume.name.startsWith('permafrost-')) ours.add(volume.name);
  copy.spec.volumes = (copy.spec.volumes ?? []).filter(({ name }: { name: string }) => !ours.has(name));
  for (const kind of containerKinds) {
    for (const container of copy.spec[kind] ?? []) {
      container.volumeMounts = (container.volumeMounts ?? []).filter(({ name }: { name: string }) => !ours.has(name));
      for (const mount of container.volumeMounts)
        if (mount.mountPropagation === 'Bidirectional') mount.mountPropagation = 'HostToContainer';
      const context = container.securityContext ?? {};
      for (const field of ['readOnlyRootFilesystem', 'privileged', 'procMount']) delete context[field];
      if (context.capabilities?.add) {
        context.capabilities.add = context.capabilities.add.filter(
          (name: string) => !/^(cap_)?(sys_admin|all)$/i.test(name),
        );
        if (context.capabilities.add.length === 0) delete context.capabilities.add;
      }
      if (context.capabilities && Object.keys(context.capabilities).length === 0) delete context.capabilities;
      container.securityContext = context;
    }
  }
  const annotations = copy.metadata?.annotations ?? {};
  delete annotations[changesAnnotation];
  delete annotations[safeToEvictAnnotation];
  copy.metadata = { ...copy.metadata, annotations };
  return copy;
}
