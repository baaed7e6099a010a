/** The workloads that the tests create, as their users would write them: nothing in them knows of Permafrost. */

interface PodTemplate {
  containers: object[];
  initContainers?: object[];
  volumes?: object[];
  [field: string]: unknown;
}

function template(name: string, spec: PodTemplate): object {
  // no waiting for processes that take SIGTERM calmly
  return { metadata: { labels: { app: name } }, spec: { terminationGracePeriodSeconds: 2, ...spec } };
}

export function deployment(name: string, spec: PodTemplate, replicas = 1): object {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name },
    spec: { replicas, selector: { matchLabels: { app: name } }, template: template(name, spec) },
  };
}

export function statefulSet(name: string, spec: PodTemplate): object {
  return {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: { name },
    spec: { serviceName: name, selector: { matchLabels: { app: name } }, template: template(name, spec) },
  };
}

export function daemonSet(name: string, spec: PodTemplate): object {
  return {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: { name },
    spec: { selector: { matchLabels: { app: name } }, template: template(name, spec) },
  };
}

export function job(name: string, spec: PodTemplate): object {
  return { apiVersion: 'batch/v1', kind: 'Job', metadata: { name }, spec: jobSpec(name, spec) };
}

export function cronJob(name: string, spec: PodTemplate): object {
  return {
    apiVersion: 'batch/v1',
    kind: 'CronJob',
    metadata: { name },
    spec: { schedule: '* * * * *', jobTemplate: { spec: jobSpec(name, spec) } },
  };
}

function jobSpec(name: string, spec: PodTemplate): object {
  return { backoffLimit: 0, template: template(name, { restartPolicy: 'Never', ...spec }) };
}

export function service(name: string, port: number): object {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name },
    spec: { selector: { app: name }, ports: [{ port }] },
  };
}

export function configMap(name: string, data: Record<string, string>): object {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data };
}

export function pod(name: string, spec: PodTemplate): object {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, labels: { app: name } },
    spec: { terminationGracePeriodSeconds: 2, ...spec },
  };
}

/** A pod to send requests from, and to try things in. */
export const idle = { image: 'debian:12', command: ['sleep', 'infinity'] };

/** A configuration with both of the sockets that users put where the image has a place for them. */
export const haproxyConfiguration = `global
  stats socket /run/haproxy/admin.sock mode 660 level admin
  stats socket /var/lib/haproxy/stats mode 660
defaults
  mode http
  timeout connect 5s
  timeout client 30s
  timeout server 30s
frontend all
  bind :8080
  http-request return status 200 content-type text/plain string "haproxy serves" if { path /self }
  default_backend web
backend web
  server web web:80 init-addr last,libc,none
`;
