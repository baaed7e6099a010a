import { X509Certificate } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { stringify } from 'yaml';
import { defaultOwnNamespace, type WebhookTarget, webhookConfiguration } from '../kube/webhook-configuration.ts';
import { UsageError } from './command.ts';
import { exitCode, type Io } from './io.ts';
import type { WebhookConfigFlags } from './webhook-config-command.ts';

const dnsLabel = '[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?';
const servicePattern = new RegExp(`^(?<namespace>${dnsLabel})/(?<name>${dnsLabel})(?::(?<port>\\d{1,5}))?$`);

/** Prints the configuration. */
export async function printWebhookConfig(flags: WebhookConfigFlags, io: Io): Promise<number> {
  const ownNamespace = flags.ownNamespace ?? (io.env['POD_NAMESPACE'] || defaultOwnNamespace);
  if (!new RegExp(`^${dnsLabel}$`).test(ownNamespace)) {
    throw new UsageError(`--own-namespace ${JSON.stringify(ownNamespace)} is no name of a namespace`);
  }
  const configuration = webhookConfiguration({
    target: readTarget(flags),
    ...(flags.caBundle !== undefined && { caBundle: readCaBundle(flags.caBundle) }),
    failurePolicy: flags.failurePolicy,
    timeoutSeconds: flags.timeout,
    ownNamespace,
  });
  const text =
    flags.output === 'json'
      ? `${JSON.stringify(configuration, null, 2)}\n`
      : stringify(configuration, { lineWidth: 0 });
  io.stdout.write(text);
  return exitCode.ok;
}

function readTarget({ url, service }: WebhookConfigFlags): WebhookTarget {
  if (url !== undefined && service !== undefined)
    throw new UsageError('--url and --service exclude each other; give one');
  if (url !== undefined) return { url: readUrl(url) };
  if (service !== undefined) return { service: readService(service) };
  throw new UsageError('where is the webhook? Give --url https://host:port or --service namespace/name');
}

/** What the API server accepts: ValidateWebhookURL in k8s.io/apiserver pkg/util/webhook/validation.go */
function readUrl(text: string): string {
  const url = URL.parse(text);
  if (!url) throw new UsageError(`--url ${JSON.stringify(text)} is no URL; write https://host:port`);
  if (url.protocol !== 'https:')
    throw new UsageError(`--url ${JSON.stringify(text)}: an API server calls https:// only`);
  if (url.username || url.password || url.search || url.hash || /[?#]$/.test(text)) {
    throw new UsageError('--url: no user, password, query or fragment is allowed; write https://host:port');
  }
  return url.href;
}

function readService(text: string): { namespace: string; name: string; port: number } {
  const groups = servicePattern.exec(text)?.groups;
  const port = Number(groups?.['port'] ?? 443);
  if (!groups || port < 1 || port > 65535) {
    throw new UsageError(`--service ${JSON.stringify(text)} must be namespace/name or namespace/name:port`);
  }
  return { namespace: groups['namespace'] ?? '', name: groups['name'] ?? '', port };
}

/** @returns base64 of PEM, on one line */
function readCaBundle(value: string): string {
  const isFile = existsSync(value);
  const pem = isFile ? readPem(value) : Buffer.from(value, 'base64').toString('latin1');
  const certificates = pem.match(/-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g);
  if (!certificates) {
    const problem = isFile ? 'holds no certificate in PEM' : 'is neither a file nor the base64 of a certificate in PEM';
    throw new UsageError(
      `--ca-bundle ${JSON.stringify(value.length > 60 ? `${value.slice(0, 60)}…` : value)} ${problem}`,
    );
  }
  for (const [index, certificate] of certificates.entries()) {
    try {
      new X509Certificate(certificate);
    } catch (error) {
      throw new UsageError(`--ca-bundle: certificate ${index + 1} cannot be read: ${String(error)}`);
    }
  }
  if (/-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(pem)) {
    throw new UsageError(
      '--ca-bundle holds a private key, which would be there for all to read; give the certificate only',
    );
  }
  return Buffer.from(`${certificates.join('\n')}\n`).toString('base64');
}

function readPem(file: string): string {
  try {
    return readFileSync(file, 'latin1');
  } catch (error) {
    throw new UsageError(`--ca-bundle: ${error instanceof Error ? error.message : String(error)}`);
  }
}
