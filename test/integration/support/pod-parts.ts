/** The parts of generated pods: volumes, mounts, containers, security contexts and whatever else a pod may hold. */
import fc from 'fast-check';

type Json = Record<string, unknown>;

/** A mount before it is known which volumes there are. */
export interface MountPlan {
  volume: number;
  path: string;
  readOnly: boolean | undefined;
  recursive: string | undefined;
  propagation: string | undefined;
  subPath: Json;
}

export interface ContainerPlan {
  kind: 'containers' | 'initContainers' | 'sidecar';
  name: string;
  image: string;
  mounts: MountPlan[];
  device: { volume: number; path: string } | undefined;
  securityContext: Json | undefined;
  others: Json;
}

/** Undefined, but once in `times`. */
export function rarely<T>(arbitrary: fc.Arbitrary<T>, times: number): fc.Arbitrary<T | undefined> {
  return fc.oneof({ weight: times - 1, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary });
}

/** Any of the fields, each present once in `times`. */
function anyOf(fields: Record<string, fc.Arbitrary<unknown>>, times: number): fc.Arbitrary<Json> {
  const optional = Object.entries(fields).map(([name, arbitrary]) => [name, rarely(arbitrary, times)] as const);
  return fc
    .record(Object.fromEntries(optional))
    .map((record) => Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined)));
}

const longName = `${'long-container-name-'.repeat(3)}abc`;
const containerName = fc.constantFrom(
  ...['app', 'nginx', 'web', 'db', 'cache', 'a', '0', 'istio-proxy', 'nginx-var', 'var', 'permafrost', 'sidecar'],
  ...[longName, `${longName.slice(0, 62)}d`, `${'x'.repeat(61)}-1`, `${'y'.repeat(50)}-z`],
);

/** Names as hardening itself would choose them, and such as look like them. */
const volumeName = fc.constantFrom(
  ...[
    'data',
    'config',
    'v1',
    'v2',
    'v3',
    'tmp',
    'x'.repeat(63),
    'permafrost',
    'permafrost-app-tmp',
    'permafrost-a-tmp',
  ],
  ...[
    'permafrost-nginx-var-run',
    'permafrost-nginx-var-cache-nginx',
    'permafrost-web-tmp',
    'permafrost-db-tmp',
    'cache',
  ],
);

const items = fc.constant([{ key: 'key', path: 'nested/path' }]);
const claim = { spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } } };
const readOnlyFlag = anyOf({ readOnly: fc.boolean() }, 2);

const source: fc.Arbitrary<Json> = fc.oneof(
  anyOf({ items, defaultMode: fc.constant(0o444) }, 3).map((configMap) => ({
    configMap: { name: 'config', ...configMap },
  })),
  anyOf({ items, optional: fc.boolean() }, 3).map((secret) => ({ secret: { secretName: 'secret', ...secret } })),
  fc.constant({
    projected: {
      sources: [
        { serviceAccountToken: { path: 'token', expirationSeconds: 3600 } },
        { configMap: { name: 'config' } },
        { downwardAPI: { items: [{ path: 'name', fieldRef: { fieldPath: 'metadata.name' } }] } },
      ],
    },
  }),
  fc.constant({ downwardAPI: { items: [{ path: 'labels', fieldRef: { fieldPath: 'metadata.labels' } }] } }),
  anyOf({ medium: fc.constantFrom('', 'Memory'), sizeLimit: fc.constantFrom('1Gi', '1024Mi', '500M', '1.5Gi') }, 3).map(
    (emptyDir) => ({ emptyDir }),
  ),
  fc
    .record({
      path: fc.constantFrom('/', '/var/run', '/dev/sda', '/tmp/x'),
      type: fc.constantFrom('', 'Directory', 'BlockDevice'),
    })
    .map((hostPath) => ({ hostPath })),
  readOnlyFlag.map((flag) => ({ persistentVolumeClaim: { claimName: 'claim', ...flag } })),
  readOnlyFlag.map((flag) => ({ csi: { driver: 'csi.example.com', ...flag } })),
  readOnlyFlag.map((flag) => ({ nfs: { server: 'nfs.example.com', path: '/export', ...flag } })),
  readOnlyFlag.map((flag) => ({
    iscsi: { targetPortal: '192.0.2.1', iqn: 'iqn.2026-01.com.example:x', lun: 0, ...flag },
  })),
  fc.constant({ image: { reference: 'registry.example/content:1', pullPolicy: 'IfNotPresent' } }),
  fc.constant({ ephemeral: { volumeClaimTemplate: claim } }),
);

export function volume(): fc.Arbitrary<Json> {
  return fc.tuple(volumeName, source).map(([name, from]) => ({ name, ...from }));
}

/** Everything around the paths of profiles: the path itself oddly spelled, above, below, beside, and the links of Linux images. */
function mountPath(paths: string[]): fc.Arbitrary<string> {
  const around = fc
    .tuple(fc.constantFrom(...paths), fc.constantFrom(...variations))
    .map(([path, vary]) => vary(path))
    .filter((path) => path !== '');
  const fixed = fc.constantFrom(
    ...[
      '/run',
      '/var/run',
      '/var/run/',
      '//var//run',
      '/run/secrets',
      '/var/run/secrets/x',
      '/run/lock',
      '/var/lock',
      '/var',
    ],
    ...[
      '/tmp',
      '/tmp/',
      'tmp',
      './tmp',
      '/tmp/.',
      '/tmp/sub',
      '/var/../tmp',
      '/tmp/../tmp/x',
      '/',
      '//',
      '/data',
      '/etc',
    ],
    ...[
      '/etc/nginx/conf.d',
      '/var/run/secrets/kubernetes.io/serviceaccount',
      '/run/secrets/kubernetes.io/serviceaccount',
    ],
    ...[
      '/a/b/c/d/e/f/g/h',
      '/runner',
      '/tmp2',
      '/var/running',
      '/ünï',
      '/with space',
      '/dev/shm',
      '/dev/xvda',
      '/proc/x',
    ],
  );
  return fc.oneof({ weight: 3, arbitrary: around }, { weight: 2, arbitrary: fixed });
}

const variations: ((path: string) => string)[] = [
  (path) => path,
  (path) => `${path}/`,
  (path) => `/${path}`,
  (path) => path.slice(1),
  (path) => path.replaceAll('/', '//'),
  (path) => path.replace(/\/[^/]+$/, ''),
  (path) => path.split('/').slice(0, 2).join('/'),
  (path) => `${path}/sub`,
  (path) => `${path}/sub/deeper/`,
  (path) => `${path}/.`,
  (path) => `${path}/../x`,
  (path) => `${path}-other`,
  (path) => path.replace(/^\/var\/run/, '/run'),
  (path) => path.replace(/^\/run/, '/var/run'),
];

function mount(paths: string[]): fc.Arbitrary<MountPlan> {
  return fc.record({
    volume: fc.nat(7),
    path: mountPath(paths),
    readOnly: rarely(fc.boolean(), 2),
    recursive: rarely(fc.constantFrom('Disabled', 'IfPossible', 'Enabled'), 6),
    propagation: rarely(fc.constantFrom('None', 'HostToContainer', 'Bidirectional'), 4),
    subPath: fc.oneof(
      { weight: 5, arbitrary: fc.constant<Json>({}) },
      {
        weight: 1,
        arbitrary: fc.constantFrom<Json>({ subPath: 'sub' }, { subPath: 'a/b' }, { subPathExpr: '$(NAME)' }),
      },
    ),
  });
}

const capability = fc.constantFrom(
  ...[
    'SYS_ADMIN',
    'sys_admin',
    'Sys_Admin',
    'CAP_SYS_ADMIN',
    'cap_sys_admin',
    'ALL',
    'all',
    'CAP_ALL',
    'NET_ADMIN',
    'CAP_NET_RAW',
  ],
  ...['CHOWN', 'SYS_PTRACE', 'SYS_ADMIN_NOT', 'NET_BIND_SERVICE', ' SYS_ADMIN'],
);
const seccompProfile = fc.constantFrom<Json>(
  { type: 'RuntimeDefault' },
  { type: 'Unconfined' },
  { type: 'Localhost', localhostProfile: 'p.json' },
);
const appArmorProfile = fc.constantFrom<Json>({ type: 'RuntimeDefault' }, { type: 'Unconfined' });
const seLinuxOptions = fc.constantFrom<Json>({ level: 's0:c1,c2' }, { type: 'spc_t' });
const id = fc.constantFrom(0, 1, 101, 999, 65_534);

const securityContext = anyOf(
  {
    privileged: fc.boolean(),
    readOnlyRootFilesystem: fc.boolean(),
    allowPrivilegeEscalation: fc.boolean(),
    capabilities: anyOf(
      { add: fc.array(capability, { maxLength: 4 }), drop: fc.array(capability, { maxLength: 3 }) },
      2,
    ),
    procMount: fc.constantFrom('Default', 'Unmasked'),
    runAsUser: id,
    runAsGroup: id,
    runAsNonRoot: fc.constant(false),
    seccompProfile,
    appArmorProfile,
    seLinuxOptions,
    windowsOptions: fc.constant({ runAsUserName: 'ContainerUser' }),
  },
  3,
);

const execProbe = { exec: { command: ['true'] }, periodSeconds: 7 };

/** Fields of a container that hardening must not even look at. */
const otherFields = anyOf(
  {
    command: fc.constant(['/bin/sh', '-c', 'echo $(NAME)']),
    args: fc.constant(['--flag', '']),
    workingDir: fc.constantFrom('/tmp', '/srv'),
    ports: fc.constantFrom<Json[]>([{ containerPort: 80 }], [{ name: 'dns', containerPort: 53, protocol: 'UDP' }]),
    env: fc.constantFrom<Json[]>(
      [{ name: 'NAME', value: 'x' }],
      [{ name: 'NAME', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } }],
      [{ name: 'NAME', valueFrom: { secretKeyRef: { name: 's', key: 'k', optional: true } } }, { name: 'EMPTY' }],
    ),
    envFrom: fc.constant([{ prefix: 'P_', configMapRef: { name: 'config' } }]),
    resources: fc.constantFrom<Json>(
      { limits: { memory: '1024Mi', cpu: '1000m' }, requests: { memory: '0.5Gi' } },
      { requests: { 'ephemeral-storage': '1Gi' } },
    ),
    imagePullPolicy: fc.constantFrom('Always', 'Never', 'IfNotPresent'),
    terminationMessagePath: fc.constantFrom('/dev/termination-log', '/tmp/termination'),
    stdin: fc.boolean(),
    tty: fc.boolean(),
  },
  4,
);
/** Not for init containers that end. */
const probes = anyOf(
  { livenessProbe: fc.constant(execProbe), lifecycle: fc.constant({ preStop: { exec: { command: ['true'] } } }) },
  5,
);

function image(images: string[]): fc.Arbitrary<string> {
  const digest = `sha256:${'0123456789abcdef'.repeat(4)}`;
  const known = fc.constantFrom(...images);
  const tag = fc.constantFrom(
    '',
    ':latest',
    ':1',
    ':1.27',
    ':1.27.5-alpine',
    ':8-fpm',
    ':3-apache',
    `@${digest}`,
    `:1.25@${digest}`,
  );
  const short = known.map((name) => name.replace(/^docker\.io\/(library\/)?/, ''));
  const mirrored = known.map((name) => name.replace(/^docker\.io\//, 'mirror.gcr.io/'));
  return fc.oneof(
    { weight: 4, arbitrary: fc.tuple(short, tag).map(([name, suffix]) => name + suffix) },
    { weight: 2, arbitrary: fc.tuple(known, tag).map(([name, suffix]) => name + suffix) },
    { weight: 1, arbitrary: mirrored },
    {
      weight: 2,
      arbitrary: fc.constantFrom(
        ...[
          'registry.example:5000/team/app:1',
          'app',
          'UPPER/Case:x',
          'localhost/x',
          'a//b',
          ':tag',
          'nginx:',
          'nginx@sha256:1',
        ],
        ...[
          'index.docker.io/library/nginx:1.27',
          'not a reference',
          'nginx:tag:tag',
          'http://nginx',
          `x${'y'.repeat(400)}`,
          'ngínx',
        ],
      ),
    },
  );
}

export function container(options: { images: string[]; paths: string[] }): fc.Arbitrary<ContainerPlan> {
  return fc
    .record({
      kind: fc.constantFrom<ContainerPlan['kind']>('containers', 'containers', 'initContainers', 'sidecar'),
      name: containerName,
      image: image(options.images),
      mounts: fc.array(mount(options.paths), { maxLength: 6, size: 'max' }),
      device: rarely(fc.record({ volume: fc.nat(7), path: mountPath(options.paths) }), 8),
      securityContext: fc.option(securityContext, { nil: undefined, freq: 4 }),
      fields: otherFields,
      probes,
    })
    .map(({ fields, probes: probed, ...plan }) => ({
      ...plan,
      others: plan.kind === 'initContainers' ? fields : { ...fields, ...probed },
    }));
}

export function podFields(): fc.Arbitrary<Json> {
  return anyOf(
    {
      hostNetwork: fc.boolean(),
      hostPID: fc.boolean(),
      hostIPC: fc.boolean(),
      hostUsers: fc.constantFrom(false, false, true),
      shareProcessNamespace: fc.boolean(),
      os: fc.constant({ name: 'linux' }),
      automountServiceAccountToken: fc.boolean(),
      restartPolicy: fc.constantFrom('Always', 'OnFailure', 'Never'),
      terminationGracePeriodSeconds: fc.constantFrom(0, 30, Number.MAX_SAFE_INTEGER),
      nodeSelector: fc.constant({ 'kubernetes.io/os': 'linux' }),
      tolerations: fc.constant([{ operator: 'Exists', tolerationSeconds: 5, effect: 'NoExecute' }]),
      hostAliases: fc.constant([{ ip: '192.0.2.1', hostnames: ['a', 'b'] }]),
      dnsConfig: fc.constant({ options: [{ name: 'ndots', value: '2' }] }),
      priorityClassName: fc.constant('system-cluster-critical'),
      schedulingGates: fc.constant([{ name: 'example.com/gate' }]),
      securityContext: anyOf(
        {
          runAsUser: id,
          fsGroup: id,
          fsGroupChangePolicy: fc.constantFrom('Always', 'OnRootMismatch'),
          supplementalGroups: fc.constant([1, 2]),
          sysctls: fc.constant([{ name: 'net.ipv4.ip_unprivileged_port_start', value: '0' }]),
          seccompProfile,
          seLinuxOptions,
          appArmorProfile,
          windowsOptions: fc.constant({ gmsaCredentialSpecName: 'x' }),
        },
        4,
      ),
    },
    5,
  );
}

export function metadata(): fc.Arbitrary<Json> {
  const named = fc.constantFrom<Json>({ name: 'generated' }, { generateName: 'generated-' }, { name: 'a'.repeat(200) });
  const annotations = anyOf(
    {
      'permafrost.dev/changes': fc.constantFrom(
        '',
        'permafrost 0.0.1: app: root made read-only',
        'somebody else\nwrote this',
      ),
      'cluster-autoscaler.kubernetes.io/safe-to-evict-local-volumes': fc.constantFrom('', 'data', 'data, config', ',,'),
      'example.com/a_b': fc.constant('~1/~0'),
      'example.com/json': fc.constant('{"a":[1,"\u{1F600}"]}'),
      constructor: fc.constant('x'),
    },
    4,
  );
  const labels = anyOf({ app: fc.constant('x'), 'permafrost.dev/mode': fc.constant('audit') }, 3);
  return fc.tuple(named, rarely(annotations, 2), rarely(labels, 3)).map(([names, annotated, labelled]) => ({
    ...names,
    ...(annotated && { annotations: annotated }),
    ...(labelled && { labels: labelled }),
  }));
}
