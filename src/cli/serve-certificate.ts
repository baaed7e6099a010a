import { writeFile } from 'node:fs/promises';
import { checkCertificate, type ServingCertificate } from '../tls/certificate.ts';
import { type CertificateFiles, readCertificate } from '../tls/certificate-files.ts';
import { UsageError } from './command.ts';
import type { ServeFlags } from './serve-command.ts';

export interface LoadedCertificate {
  certificate: ServingCertificate;
  /** To follow; undefined for a self-signed one. */
  files: CertificateFiles | undefined;
  /** The CA for a webhook configuration, base64 of PEM; only of a self-signed one. */
  caBundle: string | undefined;
}

/** Reads the certificate that the flags name, or makes one. */
export async function loadCertificate(flags: ServeFlags): Promise<LoadedCertificate> {
  const { tlsCert: certFile, tlsKey: keyFile } = flags;
  if (flags.selfSigned || flags.manageCertificates) {
    const flag = flags.selfSigned ? '--self-signed' : '--manage-certificates';
    if (certFile || keyFile)
      throw new UsageError(`${flag} makes its own certificate; leave out --tls-cert and --tls-key`);
    if (flags.selfSigned && flags.manageCertificates)
      throw new UsageError('--self-signed and --manage-certificates exclude each other; give one');
    if (flags.caFile && !flags.selfSigned) throw new UsageError('--ca-file belongs to --self-signed; leave it out');
    const made = await makeCertificate(flags);
    // of --manage-certificates: so that probes get an answer until there is one that anybody trusts
    return flags.selfSigned ? made : { ...made, caBundle: undefined };
  }
  if (flags.host || flags.caFile)
    throw new UsageError('--host and --ca-file belong to --self-signed; add it, or leave them out');
  if (!certFile && !keyFile) {
    throw new UsageError(
      'an API server calls webhooks over HTTPS only; give --tls-cert and --tls-key, or --manage-certificates in a cluster, or --self-signed to try things out',
    );
  }
  if (!certFile || !keyFile)
    throw new UsageError(
      `--tls-cert and --tls-key belong together; ${certFile ? '--tls-key' : '--tls-cert'} is missing`,
    );
  const files = { certFile, keyFile };
  const result = await readCertificate(files);
  if ('problem' in result) throw new UsageError(result.problem);
  return { certificate: result.certificate, files, caBundle: undefined };
}

async function makeCertificate({ host = [], caFile }: ServeFlags): Promise<LoadedCertificate> {
  for (const name of host) {
    if (!/^[A-Za-z0-9.:*_-]{1,253}$/.test(name))
      throw new UsageError(`--host ${JSON.stringify(name)} is neither a name nor an IP address`);
  }
  const { createSelfSigned } = await import('../tls/self-signed.ts');
  const { ca, cert, key } = await createSelfSigned(host, new Date());
  const result = checkCertificate(cert, key);
  if ('problem' in result) throw new Error(result.problem);
  if (caFile) {
    await writeFile(caFile, ca).catch((error: Error) => {
      throw new UsageError(`--ca-file cannot be written: ${error.message}`);
    });
  }
  return { certificate: result.certificate, files: undefined, caBundle: Buffer.from(ca).toString('base64') };
}
