import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { connect, createServer } from 'node:tls';
import { expect, test } from 'vitest';
import { createAuthority, issueCertificate } from './authority.ts';

const hour = 3_600_000;
const validity = { notBefore: new Date(Date.now() - hour), notAfter: new Date(Date.now() + hour) };
const authority = await createAuthority({ name: 'Test, CA', organization: 'permafrost.dev' }, validity);

test('an authority says whose it is, and may sign serving certificates only', () => {
  const certificate = new X509Certificate(authority.cert);
  expect(certificate.ca).toBe(true);
  expect(certificate.subject).toBe('O=permafrost.dev\nCN=Test\\, CA');
  expect(certificate.publicKey.asymmetricKeyDetails).toMatchObject({ namedCurve: 'prime256v1' });
  expect(certificate.verify(certificate.publicKey)).toBe(true);
});

test('a certificate is trusted by whoever trusts its authority, and by nobody else, for its hosts only', async () => {
  const other = await createAuthority({ name: 'Test, CA', organization: 'permafrost.dev' }, validity);
  const { cert, key } = await issueCertificate(authority, ['web.example', '127.0.0.1', '::1'], validity);
  const server = createServer({ cert, key }, (socket) => socket.end()).listen(0, '127.0.0.1');
  server.on('tlsClientError', () => {});
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const shakeHands = (ca: string, servername: string) =>
    new Promise<string>((resolve) => {
      const socket = connect({ host: '127.0.0.1', port, ca, servername }, () => {
        socket.destroy();
        resolve('trusted');
      });
      socket.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    });
  expect(await shakeHands(authority.cert, 'web.example')).toBe('trusted');
  expect(await shakeHands(`${other.cert}${authority.cert}`, 'web.example')).toBe('trusted');
  expect(await shakeHands(other.cert, 'web.example')).not.toBe('trusted');
  expect(await shakeHands(authority.cert, 'mail.example')).toBe('ERR_TLS_CERT_ALTNAME_INVALID');
  server.close();
  const leaf = new X509Certificate(cert);
  expect(leaf.ca).toBe(false);
  expect(leaf.checkIP('::1')).toBeDefined();
  expect(leaf.validToDate.getTime()).toBe(Math.floor(validity.notAfter.getTime() / 1000) * 1000);
});
