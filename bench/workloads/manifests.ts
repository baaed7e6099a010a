/** Manifests as they lie in repositories: a file each, most of them with a pod template. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import type { Random } from '../measure/random.ts';

export interface Manifests {
  folder: string;
  files: number;
  /** How many of them have pods. */
  workloads: number;
  bytes: number;
}

type Make = (name: string, random: Random) => object;

/** One in seven has no pods. All pods are of nginx, as the peers' policies know nothing else. */
const kinds: readonly { make: Make; share: number; isWorkload: boolean }[] = [
  { make: deployment, share: 8, isWorkload: true },
  { make: pod, share: 2, isWorkload: true },
  { make: statefulSet, share: 1, isWorkload: true },
  { make: cronJob, share: 1, isWorkload: true },
  { make: service, share: 2, isWorkload: false },
];

/** Writes them, all into one folder: `kyverno apply` does not look into folders below. */
export function writeManifests(folder: string, files: number, random: Random): Manifests {
  const drawn = kinds.flatMap((kind) => Array.from({ length: kind.share }, () => kind));
  mkdirSync(folder, { recursive: true });
  const manifests: Manifests = { folder, files, workloads: 0, bytes: 0 };
  for (let index = 0; index < files; index++) {
    const { make, isWorkload } = random.pick(drawn);
    const text = stringify(make(`app-${index}`, random));
    writeFileSync(join(folder, `app-${index}.yaml`), text);
    manifests.workloads += Number(isWorkload);
    manifests.bytes += text.length;
  }
  return manifests;
}

const meta = (name: string) => ({ name, namespace: 'web', labels: { 'app.kubernetes.io/name': name } });

function podSpec(random: Random, rest: object = {}): object {
  return {
    containers: [
      {
        name: 'nginx',
        image: random.pick(['nginx:1.27', 'nginx:1.28-alpine', 'docker.io/library/nginx:1.29']),
        ports: [{ name: 'http', containerPort: 80 }],
        env: Array.from({ length: random.below(6) }, (_, item) => ({ name: `SETTING_${item}`, value: random.hex(12) })),
        resources: { requests: { cpu: '50m', memory: '64Mi' }, limits: { memory: '128Mi' } },
        readinessProbe: { httpGet: { path: '/', port: 'http' } },
        ...(random.below(4) === 0 && { securityContext: { privileged: true } }),
      },
    ],
    ...rest,
  };
}

const selector = (name: string) => ({ matchLabels: { 'app.kubernetes.io/name': name } });
const template = (name: string, random: Random, rest?: object) => ({
  metadata: { labels: { 'app.kubernetes.io/name': name } },
  spec: podSpec(random, rest),
});

function deployment(name: string, random: Random): object {
  const spec = { replicas: 1 + random.below(5), selector: selector(name), template: template(name, random) };
  return { apiVersion: 'apps/v1', kind: 'Deployment', metadata: meta(name), spec };
}

function statefulSet(name: string, random: Random): object {
  const spec = { serviceName: name, replicas: 1, selector: selector(name), template: template(name, random) };
  return { apiVersion: 'apps/v1', kind: 'StatefulSet', metadata: meta(name), spec };
}

function cronJob(name: string, random: Random): object {
  const jobTemplate = { spec: { template: template(name, random, { restartPolicy: 'Never' }) } };
  return {
    apiVersion: 'batch/v1',
    kind: 'CronJob',
    metadata: meta(name),
    spec: { schedule: '0 3 * * *', jobTemplate },
  };
}

function pod(name: string, random: Random): object {
  return { apiVersion: 'v1', kind: 'Pod', metadata: meta(name), spec: podSpec(random) };
}

function service(name: string): object {
  const spec = {
    selector: { 'app.kubernetes.io/name': name },
    ports: [{ name: 'http', port: 80, targetPort: 'http' }],
  };
  return { apiVersion: 'v1', kind: 'Service', metadata: meta(name), spec };
}
