/** Pods as they reach a webhook: the API server has filled in its defaults and mounted a service account token. */
import type { Random } from '../measure/random.ts';
import { type PodObject, uuid } from './review.ts';

const tokenMount = {
  name: 'kube-api-access-x7k2p',
  readOnly: true,
  mountPath: '/var/run/secrets/kubernetes.io/serviceaccount',
};

const tokenVolume = {
  name: 'kube-api-access-x7k2p',
  projected: {
    sources: [
      { serviceAccountToken: { expirationSeconds: 3607, path: 'token' } },
      { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
    ],
    defaultMode: 420,
  },
};

/** Images that the built-in table knows, and some that it does not. */
const images = [
  'nginx:1.27',
  'redis:8',
  'postgres:18',
  'docker.io/library/httpd:2.4',
  'memcached:1.6',
  'quay.io/prometheus/prometheus:v3.5.0',
  'grafana/grafana:12.1.0',
  'registry.example/shop/web:4.2.1',
  'registry.example/shop/worker@sha256:4c1e6e4f6a0b7d5d0e7b5d2f9c0a8b3e1d6f7a9c2b4e8d0f1a3c5e7092b4d6f8',
];

/** The nginx pod of the README; its review is about 2 KB. */
export function nginxPod(random: Random, namespace = 'web'): PodObject {
  return podOf(random, namespace, 'nginx', [
    {
      name: 'nginx',
      image: 'nginx:1.27',
      ports: [{ containerPort: 80, protocol: 'TCP' }],
      resources: {},
      volumeMounts: [tokenMount],
      terminationMessagePath: '/dev/termination-log',
      terminationMessagePolicy: 'File',
      imagePullPolicy: 'IfNotPresent',
      securityContext: { privileged: true },
    },
  ]);
}

/** A pod of many containers, about 2 KB each. */
export function largePod(random: Random, containers: number, namespace = 'web'): PodObject {
  return podOf(
    random,
    namespace,
    'large',
    Array.from({ length: containers }, (_, index) => largeContainer(random, index)),
  );
}

function largeContainer(random: Random, index: number): object {
  const port = 8000 + index;
  const probe = (path: string) => ({
    httpGet: { path, port, scheme: 'HTTP' },
    initialDelaySeconds: 5,
    timeoutSeconds: 1,
    periodSeconds: 10,
    successThreshold: 1,
    failureThreshold: 3,
  });
  return {
    name: `container-${index}`,
    image: random.pick(images),
    args: ['--config', '/etc/app/config.yaml', `--listen=:${port}`, `--instance=${random.hex(12)}`],
    ports: [{ name: `http-${index}`, containerPort: port, protocol: 'TCP' }],
    env: Array.from({ length: 18 }, (_, item) => ({
      name: `SETTING_${item}`,
      value: random.hex(16 + random.below(16)),
    })),
    resources: { limits: { cpu: '500m', memory: '256Mi' }, requests: { cpu: '50m', memory: '64Mi' } },
    volumeMounts: [tokenMount],
    livenessProbe: probe('/healthz'),
    readinessProbe: probe('/readyz'),
    terminationMessagePath: '/dev/termination-log',
    terminationMessagePolicy: 'File',
    imagePullPolicy: 'IfNotPresent',
    securityContext: random.below(4) === 0 ? { privileged: true } : { allowPrivilegeEscalation: false },
  };
}

/** A pod of one to three small containers, in one of many namespaces: the everyday traffic of a cluster. */
export function everydayPod(random: Random): PodObject {
  const app = `app-${random.below(400)}`;
  const containers = Array.from({ length: 1 + random.below(3) }, (_, index) => ({
    name: index === 0 ? app : `sidecar-${index}`,
    image: random.pick(images),
    env: [{ name: 'INSTANCE', value: random.hex(16) }],
    resources: { requests: { cpu: '50m', memory: '64Mi' } },
    volumeMounts: [tokenMount],
    ...(random.below(3) === 0 && { securityContext: { privileged: true } }),
  }));
  return podOf(random, `team-${1000 + random.below(200)}`, app, containers);
}

/** A pod with a container for each image. */
export function podOfImages(random: Random, given: readonly string[]): PodObject {
  return podOf(
    random,
    'web',
    'app',
    given.map((image, index) => ({ name: `container-${index}`, image, resources: {}, volumeMounts: [tokenMount] })),
  );
}

function podOf(random: Random, namespace: string, app: string, containers: object[]): PodObject {
  return {
    kind: 'Pod',
    apiVersion: 'v1',
    metadata: {
      generateName: `${app}-7c5ddbdf54-`,
      namespace,
      creationTimestamp: null,
      labels: { app, 'pod-template-hash': '7c5ddbdf54' },
      ownerReferences: [
        {
          apiVersion: 'apps/v1',
          kind: 'ReplicaSet',
          name: `${app}-7c5ddbdf54`,
          uid: uuid(random),
          controller: true,
          blockOwnerDeletion: true,
        },
      ],
    },
    spec: {
      volumes: [tokenVolume],
      containers,
      restartPolicy: 'Always',
      terminationGracePeriodSeconds: 30,
      dnsPolicy: 'ClusterFirst',
      serviceAccountName: 'default',
      serviceAccount: 'default',
      securityContext: {},
      schedulerName: 'default-scheduler',
      tolerations: ['not-ready', 'unreachable'].map((key) => ({
        key: `node.kubernetes.io/${key}`,
        operator: 'Exists',
        effect: 'NoExecute',
        tolerationSeconds: 300,
      })),
      priority: 0,
      enableServiceLinks: true,
      preemptionPolicy: 'PreemptLowerPriority',
    },
    status: {},
  };
}
