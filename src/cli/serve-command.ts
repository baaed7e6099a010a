import { type Command, InvalidArgumentError, Option } from 'commander';
import type { CommandContext } from './command.ts';

/** The options of `permafrost serve`, as commander hands them over. */
export interface ServeFlags {
  port: number;
  address?: string;
  metricsPort: number;
  tlsCert?: string;
  tlsKey?: string;
  selfSigned?: boolean;
  host?: string[];
  caFile?: string;
  policy?: string;
  policyConfigMap?: string;
  profiles?: string[];
  watchProfiles?: boolean;
  kubeconfig?: string;
  ownNamespace?: string;
  logLevel: 'debug' | 'info' | 'warn' | 'error' | 'silent';
  shutdownDelay?: number;
}

/** Declares `permafrost serve`. */
export function addServeCommand(program: Command, { io, run }: CommandContext): void {
  program
    .command('serve')
    .summary('run the admission webhook')
    .description(
      'Answers admission reviews over HTTPS, with metrics over HTTP on a port of their own. Standard output gets where it ' +
        'listens (and, with --self-signed, the caBundle), a line of YAML each; the log goes to standard error, in JSON.',
    )
    .option('-p, --port <number>', 'of the webhook; 0 takes any free one', parsePort, 8443)
    .option('--address <ip>', 'listen on this address only')
    .option('--metrics-port <number>', 'of /metrics; 0 takes any free one', parsePort, 9090)
    .option('--tls-cert <file>', 'certificate in PEM; read again when it changes')
    .option('--tls-key <file>', 'its private key in PEM; read again when it changes')
    .option('--self-signed', 'make a CA and a certificate for localhost, for trying things out')
    .option('--host <name>', 'a further name or address for --self-signed; may be repeated', collect)
    .option('--ca-file <file>', 'with --self-signed: also write the CA there, in PEM, for curl --cacert')
    .option('--policy <file>', "the administrator's Policy; read again when it changes")
    .option('--policy-config-map <name>', 'a ConfigMap in the own namespace that holds it, in policy.yaml; followed')
    .option('--profiles <path>', 'a file or folder with profiles of your own; may be repeated', collect)
    .option('--watch-profiles', 'use the ImageProfile resources of the cluster, and follow their changes')
    .option('--kubeconfig <file>', "how to reach the cluster (default: as the pod's service account)")
    .option('--own-namespace <name>', 'never touch this namespace (default: $POD_NAMESPACE or permafrost-system)')
    .addOption(
      new Option('--log-level <level>', 'how much to log')
        .choices(['debug', 'info', 'warn', 'error', 'silent'])
        .default('info'),
    )
    .option(
      '--shutdown-delay <seconds>',
      'keep answering after SIGTERM, not ready, until nobody sends any more (default: 5 in a cluster, else 0)',
      parseSeconds,
    )
    .addHelpText('after', examples)
    .action((flags: ServeFlags) => run(async () => (await import('./serve.ts')).serve(flags, io)));
}

function parsePort(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (!(port <= 65535)) throw new InvalidArgumentError('A port is a number from 0 to 65535.');
  return port;
}

function parseSeconds(text: string): number {
  const seconds = /^\d{1,4}(\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
  if (!(seconds <= 3600)) throw new InvalidArgumentError('It is a number of seconds, from 0 to 3600.');
  return seconds;
}

function collect(value: string, earlier: string[] = []): string[] {
  return [...earlier, value];
}

const examples = `
Examples:
  Try it on this machine:
    permafrost serve --self-signed --ca-file ca.pem
    curl --cacert ca.pem https://localhost:8443/readyz
  With a certificate that somebody else renews:
    permafrost serve --tls-cert /tls/tls.crt --tls-key /tls/tls.key
  In a cluster, with its ImageProfiles and a policy that can be changed at any time:
    permafrost serve --tls-cert /tls/tls.crt --tls-key /tls/tls.key --watch-profiles --policy-config-map policy
  Tell the cluster:
    permafrost webhook-config --help

Paths: POST /mutate/audit, /mutate/warn, /mutate/enforce; GET /healthz, /readyz.
SIGTERM or Ctrl-C: not ready first, what is in flight is answered, exit code 0.
Exit codes: 0 stopped, 2 bad usage, bad settings or a port that is taken.`;
