/** The registration that Permafrost prints itself. */
import { runToEnd } from '../processes/run.ts';
import type { Program } from '../servers/permafrost.ts';
import type { WebhookServer } from '../servers/server.ts';
import type { Workspace } from '../workspace.ts';
import type { Webhook } from './register.ts';

export interface WebhookConfiguration {
  webhooks: Webhook[];
  [field: string]: unknown;
}

export async function permafrostConfiguration(
  { command, env }: Program,
  { url }: WebhookServer,
  space: Workspace,
): Promise<WebhookConfiguration> {
  const caFile = space.write('ca.pem', space.tls.ca);
  const flags = ['webhook-config', '--url', new URL(url).origin, '--ca-bundle', caFile, '--output', 'json'];
  const { stdout } = await runToEnd([...command, ...flags], { env: { PATH: process.env['PATH'], ...env } });
  return JSON.parse(stdout);
}

/** The entry of the mode `enforce`, for another server: the API server has the same work before and after it calls. */
export function enforceWebhook({ webhooks }: WebhookConfiguration, url: string): Webhook {
  const webhook = webhooks.find(({ name }) => name === 'enforce.permafrost.dev');
  if (!webhook) throw new Error('the registration that permafrost prints has no entry enforce.permafrost.dev');
  return { ...webhook, clientConfig: { ...webhook.clientConfig, url } };
}
