/** Permafrost as users run it: the bundle, with the settings of the image's Dockerfile. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { runToEnd } from '../processes/run.ts';
import type { Workspace } from '../workspace.ts';
import type { ServerCommand } from './server.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** How to run the program. */
export interface Program {
  command: string[];
  env: Record<string, string>;
}

/** Makes the bundle, once for each run. */
export async function bundlePermafrost(space: Workspace): Promise<Program> {
  const bundle = space.file('permafrost');
  await runToEnd([process.execPath, join(root, 'scripts/bundle.ts'), bundle], { cwd: root });
  const dockerfile = readFileSync(join(root, 'Dockerfile'), 'utf8');
  const memory = memoryLimit();
  return {
    command: entrypointOf(dockerfile, bundle),
    env: Object.fromEntries(environmentOf(dockerfile).map(([name, value]) => [name, withMemory(value, memory)])),
  };
}

export function permafrostServer({ command, env }: Program, { tls }: Workspace, flags: string[] = []): ServerCommand {
  const fixed = ['--address', '127.0.0.1', '--metrics-port', '0', '--tls-cert', tls.certFile, '--tls-key', tls.keyFile];
  return {
    name: 'Permafrost',
    command: (port) => [...command, 'serve', '--port', String(port), ...fixed, ...flags],
    env,
    path: '/mutate/enforce',
    readyPath: '/readyz',
  };
}

/** The last line of the kind, which is the final stage's, with this Node and this bundle. */
function entrypointOf(dockerfile: string, bundle: string): string[] {
  const json = /^ENTRYPOINT (\[.*\])$/m.exec(dockerfile)?.[1];
  if (!json) throw new Error('the Dockerfile has no ENTRYPOINT in JSON form');
  const [, ...args] = JSON.parse(json) as string[];
  return [
    process.execPath,
    ...args.map((arg) => (arg === '/app/permafrost.mjs' ? join(bundle, 'permafrost.mjs') : arg)),
  ];
}

function environmentOf(dockerfile: string): [string, string][] {
  return [...dockerfile.matchAll(/^ENV (\w+)=(.*)$/gm)].map(([, name, value]) => [name ?? '', value ?? '']);
}

/** A share of the container's memory limit: there is no container here, so it is worked out. */
function withMemory(value: string, limit: number): string {
  return value.replace(
    /--max-old-space-size-percentage=(\d+)/,
    (_, percent) => `--max-old-space-size=${Math.floor((limit * Number(percent)) / 100)}`,
  );
}

/** The limit that the manifests set, in MiB. */
function memoryLimit(): number {
  const deployment = parse(readFileSync(join(root, 'manifests/base/40-deployment.yaml'), 'utf8'));
  const limit = String(deployment.spec.template.spec.containers[0].resources.limits.memory);
  if (!/^\d+Mi$/.test(limit)) throw new Error(`the deployment's memory limit is ${limit}; this reads MiB only`);
  return Number(limit.slice(0, -2));
}
