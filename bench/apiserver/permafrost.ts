/** Permafrost as a candidate, with the registration that it prints itself. */
import { runToEnd } from '../processes/run.ts';
import type { Program } from '../servers/permafrost.ts';
import type { WebhookServer } from '../servers/server.ts';
import type { Workspace } from '../workspace.ts';
import type { Cluster } from './cluster.ts';

export async function registerPermafrost(
  cluster: Cluster,
  { command, env }: Program,
  { url }: WebhookServer,
  space: Workspace,
): Promise<void> {
  const caFile = space.write('ca.pem', space.tls.ca);
  const flags = ['webhook-config', '--url', new URL(url).origin, '--ca-bundle', caFile, '--output', 'json'];
  const { stdout } = await runToEnd([...command, ...flags], { env: { PATH: process.env['PATH'], ...env } });
  await cluster.call('POST', '/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations', JSON.parse(stdout));
}
