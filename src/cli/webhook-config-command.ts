import { type Command, InvalidArgumentError, Option } from 'commander';
import type { CommandContext } from './command.ts';

/** The options of `permafrost webhook-config`, as commander hands them over. */
export interface WebhookConfigFlags {
  url?: string;
  service?: string;
  caBundle?: string;
  failurePolicy: 'Fail' | 'Ignore';
  timeout: number;
  ownNamespace?: string;
  output: 'yaml' | 'json';
}

/** Declares `permafrost webhook-config`. */
export function addWebhookConfigCommand(program: Command, { io, run }: CommandContext): void {
  program
    .command('webhook-config')
    .summary('print the MutatingWebhookConfiguration')
    .description(
      'Prints the MutatingWebhookConfiguration that makes an API server call the webhook: one entry a mode, each for the ' +
        'namespaces with the label permafrost.dev/mode. Exactly one of --url and --service is needed.',
    )
    .option('--url <url>', 'the webhook outside the cluster: https://host:port')
    .option('--service <namespace/name[:port]>', 'the webhook inside the cluster')
    .option('--ca-bundle <file|base64>', 'the CA of its certificate: a file in PEM, or what serve --self-signed prints')
    .addOption(
      new Option(
        '--failure-policy <policy>',
        'of enforce, when the webhook cannot be reached; audit and warn always Ignore',
      )
        .choices(['Fail', 'Ignore'])
        .default('Fail'),
    )
    .option('--timeout <seconds>', 'how long the API server waits, 1 to 30', parseTimeout, 5)
    .option('--own-namespace <name>', 'never call for this namespace (default: $POD_NAMESPACE or permafrost-system)')
    .addOption(new Option('-o, --output <format>', 'of what is printed').choices(['yaml', 'json']).default('yaml'))
    .addHelpText('after', examples)
    .action((flags: WebhookConfigFlags) =>
      run(async () => (await import('./webhook-config.ts')).printWebhookConfig(flags, io)),
    );
}

function parseTimeout(text: string): number {
  const seconds = /^\d{1,2}$/.test(text) ? Number(text) : 0;
  if (seconds < 1 || seconds > 30) throw new InvalidArgumentError('It is a whole number of seconds, from 1 to 30.');
  return seconds;
}

const examples = `
Examples:
  A webhook on this machine (permafrost serve --self-signed --ca-file ca.pem):
    permafrost webhook-config --url https://localhost:8443 --ca-bundle ca.pem | kubectl apply -f -
  A webhook in the cluster:
    permafrost webhook-config --service permafrost-system/permafrost --ca-bundle ca.pem | kubectl apply -f -
  Then, for each namespace that wants it:
    kubectl label namespace web permafrost.dev/mode=enforce`;
