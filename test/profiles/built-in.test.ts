import { describe, expect, test } from 'vitest';
import { canonicalPath, isBelow } from '../../src/harden/mounts.ts';
import { defaultPolicy } from '../../src/policy/policy.ts';
import { builtInFolder, loadProfiles } from '../../src/profiles/load.ts';
import { createProfileTable, matchImage } from '../../src/profiles/table.ts';
import { tagInRange } from '../../src/profiles/version.ts';

const { profiles: sourced, problems } = loadProfiles(builtInFolder);
const profiles = sourced.map((entry) => entry.profile);
const table = createProfileTable([{ origin: 'built-in', profiles }]);
const named = profiles.map((profile) => [profile.metadata.name, profile] as const);

test('all files are valid', () => {
  expect(problems).toEqual([]);
});

describe.each(named)('%s', (_name, { spec }) => {
  const paths = spec.writablePaths ?? [];

  test('says of each path what shows it', () => {
    expect(paths.filter((entry) => !entry.sources?.length).map((entry) => entry.path)).toEqual([]);
  });

  test('has its repositories and its paths sorted, each once', () => {
    expect(spec.images).toEqual([...new Set(spec.images)].toSorted());
    expect(paths.map((entry) => entry.path)).toEqual([...new Set(paths.map((entry) => entry.path))].toSorted());
  });

  test('has no path below another one', () => {
    const places = paths.map((entry) => canonicalPath(entry.path));
    expect(new Set(places).size).toBe(places.length);
    expect(places.filter((place) => places.some((other) => isBelow(place, other)))).toEqual([]);
  });

  test('limits what is meant to last to more than the default', () => {
    expect(paths.filter((entry) => entry.kind === 'data' && !entry.sizeLimit).map((entry) => entry.path)).toEqual([]);
  });
});

/** Pairs of profiles that share a repository, both with the same kinds of conditions. */
const rivals = profiles.flatMap((a, index) =>
  profiles
    .slice(index + 1)
    .filter(
      (b) =>
        a.spec.images.some((image) => b.spec.images.includes(image)) &&
        conditions(a.spec).join() === conditions(b.spec).join(),
    )
    .map((b) => [a, b] as const),
);

function conditions(spec: { versions?: unknown; tags?: unknown; digests?: unknown }): string[] {
  return (['versions', 'tags', 'digests'] as const).filter((key) => spec[key] !== undefined);
}

test('no two profiles without conditions claim one repository', () => {
  const double = rivals.filter(([a]) => conditions(a.spec).length === 0);
  expect(double.map(([a, b]) => `${a.metadata.name}, ${b.metadata.name}`)).toEqual([]);
});

test('no tag that is in use lies in the version ranges of two profiles of one repository', () => {
  const tags = Array.from({ length: 60 }, (_, major) => [
    `${major}`,
    `${major}.0`,
    `${major}.0.0`,
    ...Array.from({ length: 40 }, (__, minor) => [`${major}.${minor}`, `${major}.${minor}.1`]).flat(),
  ]).flat();
  const double = rivals.filter(([a, b]) => {
    const [first, second] = [a.spec.versions, b.spec.versions];
    if (first === undefined || second === undefined || a.spec.tags || b.spec.tags) return false;
    return tags.some((tag) => tagInRange(tag, first) && tagInRange(tag, second));
  });
  expect(double.map(([a, b]) => `${a.metadata.name}, ${b.metadata.name}`)).toEqual([]);
});

test('a repository whose profiles depend on the tag has one for references by digest alone', () => {
  const bare = profiles
    .flatMap((profile) => profile.spec.images)
    .filter((image) => !/[*{]/.test(image) && !matchImage(table, `${image}@sha256:${'0'.repeat(64)}`, []));
  expect(bare).toEqual([]);
});

const digest = `sha256:${'0123456789abcdef'.repeat(4)}`;

test('workloads that need privilege say why', () => {
  const privileged = [
    'docker',
    'aws-efs-csi-driver',
    'aws-ebs-csi-driver',
    'linkerd-proxy-init',
    'kube-proxy',
    'cilium',
  ];
  expect(
    privileged.filter((name) => !table.profiles.find((entry) => entry.metadata.name === name)?.spec.needsPrivilege),
  ).toEqual([]);
});

test.each([
  ['nginx', 'nginx'],
  ['nginx:1.27-alpine', 'nginx'],
  ['docker.io/library/nginx:1.25.3', 'nginx'],
  [`nginx@${digest}`, 'nginx'],
  ['public.ecr.aws/nginx/nginx:1.27', 'nginx'],
  ['nginxinc/nginx-unprivileged:1.27', 'nginx-unprivileged'],
  ['ghcr.io/nginx/nginx-unprivileged', 'nginx-unprivileged'],
  ['httpd:2.4', 'httpd'],
  ['redis', 'redis'],
  ['redis:8.0-alpine', 'redis'],
  ['public.ecr.aws/docker/library/redis:7', 'redis'],
  ['mirror.gcr.io/library/redis:7', 'redis'],
  ['ecr-public.aws.com/docker/library/redis:7', 'redis'],
  ['ecr-public.aws.com/nginx/nginx:1.27', 'nginx'],
  ['registry-1.docker.io/library/redis:7', 'redis'],
  ['arm64v8/nginx:1.27', 'nginx'],
  ['docker.io/arm32v7/postgres:17', 'postgres-17'],
  ['k8s.gcr.io/kube-proxy:v1.24.0', 'kube-proxy'],
  ['moby/buildkit:v0.25.1-rootless', 'buildkit-rootless'],
  ['moby/buildkit:v0.25.1', 'buildkit'],
  ['postgis/postgis:17-3.5', 'postgres-17'],
  ['pgvector/pgvector:pg18', 'pgvector-18'],
  ['pgvector/pgvector:0.8.1-pg17', 'pgvector-17'],
  ['valkey/valkey:8', 'valkey'],
  ['postgres', 'postgres-18'],
  ['postgres:latest', 'postgres-18'],
  ['postgres:alpine', 'postgres-18'],
  ['postgres:bookworm', 'postgres-18'],
  ['postgres:18', 'postgres-18'],
  ['postgres:18.1', 'postgres-18'],
  ['postgres:18-alpine3.22', 'postgres-18'],
  ['postgres:17', 'postgres-17'],
  ['postgres:17.5-bookworm', 'postgres-17'],
  ['postgres:9.6', 'postgres-17'],
  [`postgres:17@${digest}`, 'postgres-17'],
  [`postgres@${digest}`, 'postgres'],
  ['mysql:8.4', 'mysql'],
  ['mariadb', 'mariadb-ubuntu'],
  ['mariadb:11.4', 'mariadb-ubuntu'],
  ['mariadb:lts-ubi9', 'mariadb-ubi'],
  ['mariadb:11.4-ubi', 'mariadb-ubi'],
  [`mariadb@${digest}`, 'mariadb'],
  ['mongo:8.0', 'mongo'],
  ['memcached:1.6-alpine', 'memcached'],
  ['haproxy:3.0', 'haproxy'],
  ['traefik:v3.3', 'traefik'],
  ['caddy:2-alpine', 'caddy'],
  ['rabbitmq:4-management', 'rabbitmq'],
  ['grafana/grafana:12.0.0', 'grafana'],
  ['grafana/grafana-oss', 'grafana'],
  ['prom/prometheus:v3.5.0', 'prometheus'],
  ['quay.io/prometheus/prometheus:v3.5.0', 'prometheus'],
  ['node:24-slim', 'node'],
  ['python:3.13', 'python'],
  ['php:8.3-apache', 'php-apache'],
  ['php:apache-bookworm', 'php-apache'],
  ['php:8-fpm-alpine', 'php-fpm'],
  ['php', 'php-cli'],
  ['php:8.4', 'php-cli'],
  ['php:8.4-cli-alpine', 'php-cli'],
  ['php:8.4-zts', 'php-cli'],
  [`php@${digest}`, 'php'],
  ['tomcat:11-jre21', 'tomcat'],
  ['busybox', 'busybox'],
  ['alpine:3.22', 'alpine'],
  ['debian:trixie-slim', 'debian'],
  ['ubuntu:24.04', 'ubuntu'],
  ['docker:dind', 'docker'],
  ['docker:29', 'docker'],
  ['docker', 'docker'],
  ['docker:29-dind-rootless', 'docker-rootless'],
  ['docker:cli', 'docker-cli'],
  ['docker:29.1-cli', 'docker-cli'],
  ['public.ecr.aws/efs-csi-driver/amazon/aws-efs-csi-driver:v2.1.0', 'aws-efs-csi-driver'],
  ['602401143452.dkr.ecr.eu-west-1.amazonaws.com/eks/aws-ebs-csi-driver:v1.40.0', 'aws-ebs-csi-driver'],
  ['999999999999.dkr.ecr.eu-west-1.amazonaws.com/eks/aws-ebs-csi-driver:v1.40.0', undefined],
  ['cr.l5d.io/linkerd/proxy-init:v2.4.1', 'linkerd-proxy-init'],
  ['istio/proxyv2:1.26.0', 'istio-proxyv2'],
  ['istio/pilot:1.26.0-distroless', 'istio-pilot'],
  ['registry.k8s.io/kube-proxy:v1.36.0', 'kube-proxy'],
  ['quay.io/calico/node:v3.30.0', 'calico-node'],
  [`quay.io/cilium/cilium:v1.17.2@${digest}`, 'cilium'],
  [`registry.k8s.io/ingress-nginx/controller:v1.12.1@${digest}`, 'ingress-nginx-controller'],
  ['quay.io/jetstack/cert-manager-webhook:v1.18.0', 'cert-manager'],
  ['registry.k8s.io/sig-storage/csi-provisioner:v5.2.0', 'csi-sidecars'],
  ['quay.io/argoproj/argocd:v3.0.0', 'argocd'],
  ['wordpress:6-apache', 'wordpress'],
  ['ruby:3.4', 'ruby'],
  ['registry.k8s.io/ingress-nginx/kube-webhook-certgen:v1.5.3', 'ingress-nginx-webhook-certgen'],
  ['bitnami/nginx:1.27', 'bitnami-nginx'],
  ['bitnami/postgresql:17', 'bitnami-postgresql'],
  ['registry.example/nginx:1.27', undefined],
  ['docker.io/someone/postgres:17', undefined],
])('%s gets %s', (image, name) => {
  expect(matchImage(table, image, defaultPolicy.registryMirrors)?.metadata.name).toBe(name);
});
