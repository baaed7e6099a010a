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
  manageCertificates?: boolean;
  certificateSecret: string;
  webhookConfiguration: string;
  service: string;
  caLifetime?: number;
  certificateLifetime?: number;
  renewAt?: number;
  trustDelay?: number;
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
    .option(
      '--manage-certificates',
      'make a CA and certificates, keep them in a Secret, renew them, and tell the webhooks',
    )
    .option('--certificate-secret <name>', 'where --manage-certificates keeps them', 'permafrost-tls')
    .option('--webhook-configuration <name>', 'whose caBundle --manage-certificates writes', 'permafrost')
    .option('--service <name>', 'the Service that --manage-certificates makes them for', 'permafrost')
    .option('--ca-lifetime <duration>', 'with --manage-certificates (default: 365d)', parseDuration)
    .option('--certificate-lifetime <duration>', 'with --manage-certificates (default: 90d)', parseDuration)
    .option('--renew-at <part>', 'renew after this part of the lifetime (default: 0.67)', Number)
    .option('--trust-delay <duration>', 'wait so long until a new CA is used (default: 1m)', parseDuration)
    .option('--host <name>', 'a further name or address for the certificate that is made; may be repeated', collect)
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

/** @returns milliseconds */
function parseDuration(text: string): number {
  const units: Record<string, number> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };
  const { number, unit } = /^(?<number>\d{1,6}(\.\d+)?)(?<unit>[smhd])$/.exec(text)?.groups ?? {};
  if (number === undefined) throw new InvalidArgumentError('It is a number with a unit: 30s, 5m, 12h, 90d.');
  return Number(number) * (units[unit ?? ''] ?? Number.NaN);
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
  In a cluster, with certificates of its own:
    permafrost serve --manage-certificates
  In a cluster, with its ImageProfiles and a policy that can be changed at any time:
    permafrost serve --tls-cert /tls/tls.crt --tls-key /tls/tls.key --watch-profiles --policy-config-map policy
  Tell the cluster:
    permafrost webhook-config --help

Paths: POST /mutate/audit, /mutate/warn, /mutate/enforce; GET /healthz, /readyz.
SIGTERM or Ctrl-C: not ready first, what is in flight is answered, exit code 0.
Exit codes: 0 stopped, 2 bad usage, bad settings or a port that is taken.`;
