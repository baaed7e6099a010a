/** Generates pods with everything that hardening looks at, and much that it does not. */
import fc from 'fast-check';
import type { Pod } from '../../src/harden/pod.ts';

const paths = fc.oneof(
  fc.constantFrom(
    ...[
      '/',
      '/run',
      '/var/run',
      '/var/run/',
      '//var//run',
      'var/run',
      '/run/nginx',
      '/var/run/nginx',
      '/var',
      '/var/cache',
    ],
    ...[
      '/var/cache/nginx',
      '/var/cache/nginx/deep',
      '/tmp',
      '/tmp/',
      '/tmp/../tmp',
      '/var/lock',
      '/run/lock',
      '/data',
      '/data/db',
    ],
    ...[
      '/var/lib/postgresql/data',
      '/var/lib',
      '/var/run/secrets/kubernetes.io/serviceaccount',
      '/etc/nginx/conf.d',
      '/srv/./a',
    ],
  ),
  fc.stringMatching(/^(\/[a-z]{1,3}){1,4}\/?$/),
);
const images = fc.constantFrom(
  ...[
    'nginx',
    'nginx:1.27',
    `docker.io/library/nginx@sha256:${'ab'.repeat(32)}`,
    'redis:7',
    'postgres:17',
    'postgres',
    'busybox',
  ],
  ...['registry.example/team/app:1', 'NOT valid', 'localhost:5000/nginx', 'public.ecr.aws/docker/library/nginx:1'],
);
const volumeNames = ['a', 'b', 'c', 'settings', 'claim', 'permafrost-app-var-run', 'permafrost-app-tmp'];
const json = fc.jsonValue({ maxDepth: 2 });
const unknownFields = fc.dictionary(fc.stringMatching(/^x[A-Za-z]{1,6}$/), json, { maxKeys: 2 });

const volume = fc.record({
  name: fc.constantFrom(...volumeNames),
  source: fc.constantFrom<Record<string, unknown>>(
    { emptyDir: {} },
    { configMap: { name: 'x' } },
    { secret: { secretName: 'x' } },
    { persistentVolumeClaim: { claimName: 'x', readOnly: true } },
    { hostPath: { path: '/x' } },
    { image: { reference: 'x' } },
  ),
});

const securityContext = fc.record(
  {
    readOnlyRootFilesystem: fc.constantFrom(true, false, null),
    privileged: fc.constantFrom(true, false, null),
    procMount: fc.constantFrom('Default', 'Unmasked'),
    capabilities: fc.record(
      {
        add: fc.array(fc.constantFrom('SYS_ADMIN', 'cap_sys_admin', 'ALL', 'NET_ADMIN', 'CHOWN'), { maxLength: 3 }),
        drop: fc.constantFrom(['ALL'], null),
      },
      { requiredKeys: [] },
    ),
    runAsUser: fc.nat(1000),
  },
  { requiredKeys: [] },
);

function container(kind: string) {
  return fc
    .record(
      {
        image: images,
        securityContext: fc.option(securityContext),
        volumeMounts: fc.option(
          fc.array(
            fc.record(
              {
                name: fc.constantFrom(...volumeNames),
                mountPath: paths,
                readOnly: fc.boolean(),
                mountPropagation: fc.constantFrom('None', 'HostToContainer', 'Bidirectional'),
              },
              { requiredKeys: ['name', 'mountPath'] },
            ),
            { maxLength: 4 },
          ),
        ),
        volumeDevices: fc.array(fc.record({ name: fc.constant('disk'), devicePath: paths }), { maxLength: 1 }),
      },
      { requiredKeys: ['image'] },
    )
    .chain((fields) => unknownFields.map((unknown) => ({ ...unknown, ...fields })))
    .map((fields) => (index: number) => ({
      name: index === 0 && kind === 'containers' ? 'app' : `${kind.toLowerCase()}-${index}`,
      ...fields,
    }));
}

function containers(kind: string, minLength: number) {
  return fc
    .array(container(kind), { minLength, maxLength: 3 })
    .map((makers) => makers.map((make, index) => make(index)));
}

/** Pods as an API server might hand them over; field types are right, values are odd. */
export const pods: fc.Arbitrary<Pod> = fc
  .record({
    metadata: fc.option(
      fc.record(
        {
          name: fc.constant('generated'),
          annotations: fc.option(
            fc.dictionary(
              fc.constantFrom(
                'a',
                'permafrost.dev/changes',
                'cluster-autoscaler.kubernetes.io/safe-to-evict-local-volumes',
              ),
              fc.string({ maxLength: 12 }),
            ),
          ),
        },
        { requiredKeys: [] },
      ),
    ),
    volumes: fc.option(fc.uniqueArray(volume, { selector: ({ name }) => name, maxLength: 5 })),
    containers: containers('containers', 1),
    initContainers: containers('initContainers', 0),
    ephemeralContainers: containers('ephemeralContainers', 0),
    unknown: unknownFields,
  })
  .map(({ metadata, volumes, unknown, ...kinds }) => ({
    ...unknown,
    metadata,
    spec: { ...unknown, volumes: volumes?.map(({ name, source }) => ({ name, ...source })) ?? null, ...kinds },
  }))
  // as it comes over the wire: no -0, no objects without a prototype
  .map((pod) => JSON.parse(JSON.stringify(pod)) as Pod);
