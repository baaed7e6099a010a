/**
 * Generates pods that an API server mostly accepts, odd in all that hardening reads: where things are mounted, what they are mounted
 * from, what a container is allowed, what it is called. Parts are drawn freely and then fitted together as validation asks; a few
 * pods are left as drawn, so that refused ones occur as well.
 */
import fc from 'fast-check';
import { type ContainerPlan, container, type MountPlan, metadata, podFields, rarely, volume } from './pod-parts.ts';

type Json = Record<string, unknown>;

/**
 * @param options.images repositories that the table of profiles knows
 * @param options.paths that profiles make writable
 */
export function podArbitrary(options: { images: string[]; paths: string[] }): fc.Arbitrary<Json> {
  return fc
    .record({
      metadata: metadata(),
      volumes: fc.uniqueArray(volume(), {
        minLength: 1,
        maxLength: 8,
        selector: ({ name }) => String(name),
      }),
      containers: fc.uniqueArray(container(options), {
        minLength: 1,
        maxLength: 6,
        selector: ({ name }) => name,
        size: 'max',
      }),
      manyContainers: rarely(fc.nat(40), 30),
      spec: podFields(),
      windows: rarely(fc.constant<true>(true), 30),
      asDrawn: rarely(fc.constant<true>(true), 12),
      filler: rarely(fc.integer({ min: 0, max: 1500 }), 25),
    })
    .map(build);
}

/** The parts as a pod; unless `asDrawn`, without what validation would surely refuse. */
function build(plan: {
  metadata: Json;
  volumes: Json[];
  containers: ContainerPlan[];
  manyContainers: number | undefined;
  spec: Json;
  windows: true | undefined;
  asDrawn: true | undefined;
  filler: number | undefined;
}): Json {
  const repair = !plan.asDrawn;
  const spec: Json = { ...plan.spec, volumes: plan.volumes };
  if (repair) {
    if (spec['hostUsers'] === false) for (const field of ['hostNetwork', 'hostPID', 'hostIPC']) delete spec[field];
    if (spec['hostPID'] === true) delete spec['shareProcessNamespace'];
  }
  const [first, ...rest] = plan.containers;
  const plans: ContainerPlan[] = first ? [{ ...first, kind: 'containers' }, ...rest] : [];
  for (let index = 0; first && index < (plan.manyContainers ?? 0); index++) {
    plans.push({ ...first, kind: index % 5 === 4 ? 'sidecar' : 'containers', name: `replica-${index}` });
  }
  for (const planned of plans) {
    const built = buildContainer(planned, plan.volumes, spec, repair);
    const field = planned.kind === 'containers' ? 'containers' : 'initContainers';
    spec[field] = [...((spec[field] as Json[] | undefined) ?? []), built];
  }
  if (plan.windows) makeWindows(spec);
  const pod: Json = { apiVersion: 'v1', kind: 'Pod', metadata: plan.metadata, spec };
  return plan.filler === undefined ? pod : fillAnnotations(pod, plan.filler);
}

function buildContainer(plan: ContainerPlan, volumes: Json[], spec: Json, repair: boolean): Json {
  const ownUsers = spec['hostUsers'] === false;
  const securityContext = plan.securityContext ? { ...plan.securityContext } : undefined;
  const privileged = securityContext?.['privileged'] === true;
  const added = (securityContext?.['capabilities'] as { add?: string[] } | undefined)?.add;
  if (repair && securityContext) {
    if (privileged || added?.includes('CAP_SYS_ADMIN')) delete securityContext['allowPrivilegeEscalation'];
    if (spec['os']) delete securityContext['windowsOptions'];
    if (!ownUsers && securityContext['procMount'] === 'Unmasked') delete securityContext['procMount'];
  }
  const devices: Json[] = [];
  if (plan.device && !(repair && ownUsers)) {
    const { volume: index, path } = plan.device;
    const claims = volumes.filter((candidate) => candidate['persistentVolumeClaim'] || candidate['ephemeral']);
    const claim = claims[index % (claims.length || 1)];
    if (claim) devices.push({ name: claim['name'], devicePath: path });
  }
  const mounts = plan.mounts
    .map((mount) => buildMount(mount, volumes, privileged, repair))
    .filter((mount, index, all) => {
      const isFirst = all.findIndex((other) => other['mountPath'] === mount['mountPath']) === index;
      const clashes = devices.some(
        (device) => device['name'] === mount['name'] || device['devicePath'] === mount['mountPath'],
      );
      return !repair || (isFirst && !clashes);
    });
  return {
    name: plan.name,
    image: plan.image,
    ...plan.others,
    ...(plan.kind === 'sidecar' && { restartPolicy: 'Always' }),
    ...(mounts.length > 0 && { volumeMounts: mounts }),
    ...(devices.length > 0 && { volumeDevices: devices }),
    ...(securityContext && { securityContext }),
  };
}

function buildMount(plan: MountPlan, volumes: Json[], privileged: boolean, repair: boolean): Json {
  const propagation =
    repair && plan.propagation === 'Bidirectional' && !privileged ? 'HostToContainer' : plan.propagation;
  const recursive =
    repair && (plan.readOnly !== true || (propagation !== undefined && propagation !== 'None'))
      ? undefined
      : plan.recursive;
  return {
    name: volumes[plan.volume % volumes.length]?.['name'],
    mountPath: plan.path,
    ...plan.subPath,
    ...(plan.readOnly !== undefined && { readOnly: plan.readOnly }),
    ...(recursive !== undefined && { recursiveReadOnly: recursive }),
    ...(propagation !== undefined && { mountPropagation: propagation }),
  };
}

/** Leaves only fields that Windows pods may have. */
function makeWindows(spec: Json): void {
  spec['os'] = { name: 'windows' };
  spec['securityContext'] = { windowsOptions: { runAsUserName: 'ContainerUser' } };
  for (const field of ['hostPID', 'hostIPC', 'hostNetwork', 'hostUsers', 'shareProcessNamespace']) delete spec[field];
  for (const kind of ['containers', 'initContainers']) {
    for (const each of (spec[kind] as Json[] | undefined) ?? []) delete each['securityContext'];
  }
}

/** Fills the annotations up, so that only `room` bytes remain of the 256 KiB that all may take together. */
function fillAnnotations(pod: Json, room: number): Json {
  const { annotations: present = {}, ...others } = pod['metadata'] as { annotations?: Record<string, string> };
  const used = Object.entries(present).reduce((sum, entry) => sum + Buffer.byteLength(entry.join('')), 0);
  const key = 'example.com/filler';
  const annotations = { ...present, [key]: 'x'.repeat(Math.max(0, 256 * 1024 - used - key.length - room)) };
  return { ...pod, metadata: { ...others, annotations } };
}
