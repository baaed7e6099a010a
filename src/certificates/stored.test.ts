import { beforeAll, describe, expect, test } from 'vitest';
import { createAuthority, issueCertificate } from '../tls/authority.ts';
import { formatBundle, organization, parseBundle } from './authority.ts';
import { createMaker } from './maker.ts';
import { defaultCertificateSettings, hour } from './settings.ts';
import { formatStored, parseStored, type SecretData, type Signer, type Stored } from './stored.ts';

const now = Date.now();
const hosts = ['permafrost.permafrost-system.svc', '*.example.com', '127.0.0.1'];
const settings = { ...defaultCertificateSettings, hosts };
const maker = createMaker(settings);
const base64 = (text: string) => Buffer.from(text).toString('base64');

let signer: Signer;
let next: Signer;
let stored: Stored;
let data: SecretData;
beforeAll(async () => {
  [signer, next] = await Promise.all([maker.makeAuthority(now), maker.makeAuthority(now)]);
  const { key: _, ...authority } = await maker.makeAuthority(now);
  const until = Math.floor(now / 1000) * 1000 + hour;
  stored = { signer, next, leaf: await maker.issue(signer, now, []), retired: [{ authority, until }] };
  data = formatStored(stored) as SecretData;
});

test('what is written is read again', () => {
  expect(parseStored(data, hosts, now)).toEqual({ stored, problems: [] });
});

test('a Secret holds what others expect in one of type kubernetes.io/tls, even while there is no certificate', () => {
  const { next: _, ...first } = formatStored({ next, retired: [] });
  expect(first).toMatchObject({ 'tls.crt': '', 'tls.key': '' });
  expect(parseStored(first as SecretData, hosts, now)).toEqual({ stored: { next, retired: [] }, problems: [] });
});

test('the certificate is valid for each host, from an hour before, and never longer than its CA', async () => {
  const short = createMaker({ ...settings, authorityLifetime: hour, certificateLifetime: 2 * hour });
  const authority = await short.makeAuthority(now);
  const leaf = await short.issue(authority, now, ['*.also.example']);
  expect(leaf.hosts).toEqual([...hosts, '*.also.example']);
  expect(leaf.missingHosts).toEqual([]);
  expect(leaf.until).toBe(authority.until);
  expect(now - leaf.from).toBeGreaterThanOrEqual(hour);
});

test('an IPv6 address may be written in any way', async () => {
  const leaf = await createMaker({ ...settings, hosts: ['::1', '2001:db8::1'] }).issue(signer, now, []);
  expect(leaf.missingHosts).toEqual([]);
});

test('a host that the certificate is not valid for is named', () => {
  const { stored: read } = parseStored(data, [...hosts, 'new.example', '10.0.0.1', '*.example', '::1'], now);
  expect(read.leaf?.missingHosts).toEqual(['new.example', '10.0.0.1', '*.example', '::1']);
});

describe('what cannot be used counts as missing, and the message says why', () => {
  const garbage = base64('garbage');
  test.each<[string, () => SecretData, keyof Stored | 'signer.key', RegExp]>([
    ['a certificate that cannot be read', () => ({ ...data, 'tls.crt': garbage }), 'leaf', /tls\.crt.* cannot be read/],
    ['a key that cannot be read', () => ({ ...data, 'tls.key': garbage }), 'leaf', /the key cannot be read/],
    [
      'the key of another certificate',
      () => ({ ...data, 'tls.key': data['ca.key'] ?? '' }),
      'leaf',
      /do not belong together/,
    ],
    ['a CA key that cannot be read', () => ({ ...data, 'ca.key': garbage }), 'signer.key', /ca\.key is no private key/],
    [
      'the key of another CA',
      () => ({ ...data, 'ca.key': data['tls.key'] ?? '' }),
      'signer.key',
      /ca\.key is the key of no/,
    ],
    ['a CA key that is gone', () => ({ ...data, 'ca.key': '' }), 'signer.key', /ca\.key is missing/],
    ['CAs that cannot be read', () => ({ ...data, 'ca.crt': garbage }), 'signer', /ca\.crt holds something/],
    ['not base64', () => ({ ...data, 'ca.crt': '%%%' }), 'signer', /no CA in it can be used/],
    ['an empty Secret', () => ({}), 'signer', /no CA in it can be used/],
  ])('%s', (_what, change, missing, message) => {
    const { stored: read, problems } = parseStored(change(), hosts, now);
    if (missing === 'signer.key') expect(read.signer).not.toHaveProperty('key');
    else expect(read[missing]).toBeUndefined();
    expect(problems.join('\n')).toMatch(message);
    expect(problems.join('\n')).not.toContain('PRIVATE');
  });

  test('a certificate of another CA', async () => {
    const validity = { notBefore: new Date(now - hour), notAfter: new Date(now + hour) };
    const foreign = await createAuthority({ name: 'foreign' }, validity);
    const leaf = await issueCertificate(foreign, hosts, validity);
    const changed = { ...data, 'tls.crt': base64(leaf.cert), 'tls.key': base64(leaf.key) };
    const { stored: read, problems } = parseStored(changed, hosts, now);
    expect(read.leaf).toBeUndefined();
    expect(read.signer?.id).toBe(signer.id);
    expect(problems).toEqual(['tls.crt is signed by another CA than that of ca.key']);
  });

  test('all of it, when it has expired', () => {
    const { stored: read, problems } = parseStored(data, hosts, now + 2 * settings.authorityLifetime);
    expect(read).toMatchObject({ retired: [{}] });
    expect(read.signer ?? read.next ?? read.leaf).toBeUndefined();
    expect(problems.join('\n')).toMatch(/expired at/);
  });
});

test('a bundle is read whatever else is in it', () => {
  const text = `# comment\n${formatBundle([signer])}-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n${signer.pem}`;
  const { authorities, hasGarbage } = parseBundle(text);
  expect(authorities.map(({ id, isOwn }) => [id, isOwn])).toEqual([[signer.id, true]]);
  expect(authorities[0]?.subject).toContain(organization);
  expect(hasGarbage).toBe(true);
  expect(parseBundle(formatBundle([signer, next])).hasGarbage).toBe(false);
});
