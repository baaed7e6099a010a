import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { parse } from 'yaml';
import { parsePolicy } from '../../src/policy/parse.ts';
import { defaultPolicy } from '../../src/policy/policy.ts';
import { folder, run } from './support/run.ts';

vi.mock('../../src/today.ts', () => ({ today: () => '2027-01-31' }));

const head = 'apiVersion: permafrost.dev/v1alpha1\nkind: Policy\n';
const exemption = (until: string) => `    - {namespaces: [a], reason: old one, until: ${until}}\n`;

describe('permafrost policy lint', () => {
  test('says file, line and column of each error', async () => {
    const path = await folder({
      'policy.yaml': `${head}spec:\n  unknownImages: ignore\n  exemptions:\n    - reason: x\n`,
    });
    const { code, stdout, stderr } = await run(['policy', 'lint', join(path, 'policy.yaml')]);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr.replaceAll(`${path}/`, '').split('\n')).toEqual([
      expect.stringMatching(/^policy\.yaml:4:3: spec\.unknownImages: .*"harden"\|"skip"/),
      expect.stringMatching(/^policy\.yaml:6:7: spec\.exemptions\[0\]: would exempt every container/),
      '',
    ]);
  });

  test.each([
    ['2027-01-30', 'warning: the exemption "old one" ended on 2027-01-30; remove or renew it'],
    ['2027-01-31', 'warning: the exemption "old one" ends today; renew it if it is still needed'],
    ['2027-02-01', 'warning: the exemption "old one" ends tomorrow; renew it if it is still needed'],
    ['2027-03-02', 'warning: the exemption "old one" ends in 30 days; renew it if it is still needed'],
  ])('warns of an exemption until %s', async (until, message) => {
    const text = `${head}spec:\n  exemptions:\n${exemption(until)}`;
    const { code, stdout, stderr } = await run(['policy', 'lint', '-'], text);
    expect({ code, stdout, stderr }).toEqual({
      code: 0,
      stdout: '1 policy, no errors, warnings: 1\n',
      stderr: `-:5:42: ${message}\n`,
    });
    expect((await run(['policy', 'lint', '--strict', '-'], text)).code).toBe(1);
  });

  test('says nothing of one that holds for long, and notes one without an end', async () => {
    const long = await run(['policy', 'lint', '-'], `${head}spec:\n  exemptions:\n${exemption('2027-03-03')}`);
    expect(long).toEqual({ code: 0, stdout: '1 policy, no errors\n', stderr: '' });
    const endless = `${head}spec:\n  exemptions:\n    - {namespaces: [a], reason: for ever}\n`;
    const { code, stderr } = await run(['policy', 'lint', '--strict', '-'], endless);
    expect(code).toBe(0);
    expect(stderr).toBe('-:5:7: note: the exemption "for ever" has no end date; until: 2027-01-31 gives it one\n');
  });

  test('tells of mirrors that hide each other', async () => {
    const mirrors = [
      '{prefix: m.example, standsFor: docker.io}',
      '{prefix: m.example, standsFor: quay.io}',
      '{prefix: m.example/hub, standsFor: ghcr.io}',
      '{prefix: mirror.gcr.io, standsFor: gcr.io}',
    ];
    const text = `${head}spec:\n  registryMirrors:\n${mirrors.map((mirror) => `    - ${mirror}\n`).join('')}`;
    expect((await run(['policy', 'lint', '-'], text)).stderr.split('\n')).toEqual([
      '-:6:8: warning: "m.example" already stands for docker.io; this entry is never used',
      '-:7:8: note: goes before "m.example", which stands for docker.io, for all below "m.example/hub"',
      '-:8:8: warning: "mirror.gcr.io" usually stands for docker.io; this entry replaces that',
      '',
    ]);
  });

  test('a file that is not there, or not YAML, ends with an error', async () => {
    expect(await run(['policy', 'lint', '/nowhere.yaml'])).toMatchObject({ code: 2, stdout: '' });
    expect(await run(['policy', 'lint', '-'], 'a: [')).toMatchObject({ code: 1, stdout: '' });
  });
});

describe('permafrost policy show', () => {
  test('prints the defaults, which are a policy themselves', async () => {
    const { code, stdout } = await run(['policy', 'show']);
    expect(code).toBe(0);
    expect(parse(stdout).spec).toMatchObject({ unknownImages: 'harden', remount: 'strip', exemptions: [] });
    const again = parsePolicy(stdout, '-');
    expect('policy' in again && again.policy.volumes).toEqual(defaultPolicy.volumes);
  });

  test('fills in what a file does not say', async () => {
    const { stdout } = await run(['policy', 'show', '-', '-o', 'json'], `${head}spec: {unknownImages: skip}\n`);
    expect(JSON.parse(stdout).spec).toMatchObject({ unknownImages: 'skip', volumes: { defaultSizeLimit: '1Gi' } });
  });

  test('says what is wrong with a broken one', async () => {
    const { code, stderr } = await run(['policy', 'show', '-'], `${head}spec: {remuont: warn}\n`);
    expect({ code, stderr }).toEqual({ code: 2, stderr: '-:3:8: spec.remuont: unknown field; check its spelling\n' });
  });
});
