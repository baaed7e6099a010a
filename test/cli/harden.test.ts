import { chmodSync, readdirSync, readFileSync, statSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Document, parseDocument } from 'yaml';
import { harden } from '../../src/harden/harden.ts';
import { parsePod } from '../../src/harden/pod.ts';
import { defaultPolicy } from '../../src/policy/policy.ts';
import { builtInFolder, loadProfiles } from '../../src/profiles/load.ts';
import { createProfileTable } from '../../src/profiles/table.ts';
import { version } from '../../src/version.ts';
import { kubernetesYaml } from '../../src/yaml/yaml-text.ts';
import { folder, run, spawnBin } from './support/run.ts';

const pod = `apiVersion: v1
kind: Pod
metadata:
  name: web # the shop's
spec:
  containers:
  - name: nginx
    image: nginx:1.27
    securityContext: {privileged: true, runAsUser: 9007199254740993} # why?
`;
const service = '# other\napiVersion: v1\nkind: Service\nmetadata: {name:   odd}\n';

// biome-ignore lint/suspicious/noExplicitAny: tests take values apart
const read = (text: string): any => parseDocument(text, kubernetesYaml).toJS();

describe('permafrost harden', () => {
  it('hardens standard input, and says on standard error what it did', async () => {
    const { code, stdout, stderr } = await spawnBin(['harden'], `${service}---\n${pod}`);
    expect(code).toBe(0);
    expect(stdout.startsWith(`${service}---\n`)).toBe(true);
    expect(stdout).toContain(
      'securityContext: {privileged: false, runAsUser: 9007199254740993, readOnlyRootFilesystem: true} # why?',
    );
    expect(stderr).toMatch(/Pod\/web +nginx +privileged +warning +privileged: true becomes false/);
    expect(stderr).toMatch(/1 resource: 1 changed, 0 hardened already; 1 other document passed through\n$/);
  });

  it('changes nothing the second time', async () => {
    const once = await run(['harden', '-q'], pod);
    expect(await run(['harden', '-q'], once.stdout)).toEqual({ code: 0, stdout: once.stdout, stderr: '' });
  });

  it.each([
    ['apps/v1', 'Deployment', ['spec', 'template']],
    ['apps/v1', 'StatefulSet', ['spec', 'template']],
    ['apps/v1', 'DaemonSet', ['spec', 'template']],
    ['apps/v1', 'ReplicaSet', ['spec', 'template']],
    ['v1', 'ReplicationController', ['spec', 'template']],
    ['v1', 'PodTemplate', ['template']],
    ['batch/v1', 'Job', ['spec', 'template']],
    ['batch/v1', 'CronJob', ['spec', 'jobTemplate', 'spec', 'template']],
  ])('finds the pod template of a %s %s, also in lists of lists', async (apiVersion, kind, path) => {
    const template = { spec: { containers: [{ name: 'a', image: 'nginx' }] } };
    const object = path.reduceRight<unknown>((inner, key) => ({ [key]: inner }), template);
    const typed = { apiVersion, kind: `${kind}List`, items: [object] };
    const list = { apiVersion: 'v1', kind: 'List', items: [{ apiVersion, kind, ...(object as object) }, typed] };
    const { code, stdout } = await run(['harden'], JSON.stringify(list));
    expect(code).toBe(0);
    const [first, second] = JSON.parse(stdout).items;
    for (const item of [first, second.items[0]]) {
      const found = path.reduce((value, key) => value[key], item);
      expect(found.spec.containers[0].securityContext).toEqual({ readOnlyRootFilesystem: true });
    }
  });

  it('prints a diff that patch understands, coloured when asked', async () => {
    const plain = await run(['harden', '-q', '--diff'], pod);
    expect(plain.stdout).toMatch(/^--- a\/stdin\n\+\+\+ b\/stdin\n@@ -2,8 \+2,\d+ @@\n kind: Pod\n/);
    expect(plain.stdout).toContain('-    securityContext: {privileged: true,');
    expect(plain.stdout).not.toContain('\x1b');
    const colored = await run(['harden', '-q', '--diff', '--color=always'], pod);
    expect(colored.stdout).toContain('\x1b[32m+');
  });

  it('prints patches, JSON and YAML', async () => {
    const patch = await run(['harden', '-q', '-o', 'patch'], `${service}---\n${pod}`);
    const [none, some] = patch.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(none).toEqual([]);
    expect(some).toContainEqual({ op: 'replace', path: '/spec/containers/0/securityContext/privileged', value: false });
    const json = await run(['harden', '-q', '-o', 'json'], pod);
    expect(json.stdout).toContain('"runAsUser": 9007199254740993');
    const yaml = await run(['harden', '-q', '-o', 'yaml'], json.stdout);
    expect(yaml.stdout).toContain('runAsUser: 9007199254740993');
    expect(read(yaml.stdout)).toEqual(read((await run(['harden', '-q'], pod)).stdout));
  });

  it('lists what would change with --check, and exits with 1', async () => {
    const path = await folder({ 'a.yaml': pod, 'b.yaml': service });
    const before = await run(['harden', '-q', '--check', path]);
    expect(before).toEqual({ code: 1, stdout: `${path}/a.yaml: Pod/web would change\n`, stderr: '' });
    await run(['harden', '-i', path]);
    expect(await run(['harden', '-q', '--check', path])).toEqual({ code: 0, stdout: '', stderr: '' });
  });

  it('changes files in place, with their mode and behind links, and leaves nothing beside them', async () => {
    const path = await folder({ 'a.yaml': pod, 'sub/c.yml': pod, 'note.txt': 'x' });
    chmodSync(join(path, 'a.yaml'), 0o640);
    symlinkSync('a.yaml', join(path, 'link.yaml'));
    expect((await run(['harden', '-q', '-i', '-R', path])).code).toBe(0);
    for (const name of ['a.yaml', 'sub/c.yml', 'link.yaml']) {
      expect(readFileSync(join(path, name), 'utf8')).toContain('readOnlyRootFilesystem: true');
    }
    expect(statSync(join(path, 'a.yaml')).mode & 0o777).toBe(0o640);
    expect(readdirSync(path).toSorted()).toEqual(['a.yaml', 'link.yaml', 'note.txt', 'sub']);
  });

  it('touches no file when one of them is broken', async () => {
    const path = await folder({ 'a.yaml': pod, 'b.yaml': 'a: [\n', 'c.yaml': pod });
    const result = await run(['harden', '-i', path]);
    expect(result.code).toBe(2);
    expect(result.stderr).toContain('b.yaml:2:1: ');
    expect(readFileSync(join(path, 'a.yaml'), 'utf8')).toBe(pod);
    expect(readdirSync(path)).toEqual(['a.yaml', 'b.yaml', 'c.yaml']);
  });

  it('joins files to one stream', async () => {
    const path = await folder({ 'a.yaml': service.trimEnd(), 'b.yaml': service });
    const result = await run(['harden', '-q', path]);
    expect(result.stdout).toBe(`${service}---\n${service}`);
  });

  it.each([
    [['harden', '-i'], /--in-place needs files/],
    [['harden', '-i', '-o', 'patch', 'x'], /--in-place keeps the format/],
    [['harden', '-i', '--check', 'x'], /choose one/],
    [['harden', '--dif'], /unknown option '--dif'\n\(Did you mean --diff\?\)/],
    [['hardn'], /unknown command 'hardn'\n\(Did you mean harden\?\)/],
    [['harden', '-o', 'xml'], /Allowed choices are yaml, json, patch/],
  ])('refuses %j and says what to do', async (args, message) => {
    const result = await run(args);
    expect(result).toMatchObject({ code: 2, stdout: '' });
    expect(result.stderr).toMatch(message);
  });

  it('uses profiles and a policy of the administrator', async () => {
    const path = await folder({
      'p.yaml':
        'apiVersion: permafrost.dev/v1alpha1\nkind: ImageProfile\nmetadata: {name: app}\nspec:\n  images: [example.com/app]\n  writablePaths: [{path: /data, purpose: x}]\n  sources: [own]\n',
      'policy.yaml': 'apiVersion: permafrost.dev/v1alpha1\nkind: Policy\nspec: {volumes: {defaultSizeLimit: 7Mi}}\n',
    });
    const args = ['harden', '--profiles', join(path, 'p.yaml'), '--policy', join(path, 'policy.yaml')];
    const { stdout } = await run(args, pod.replace('nginx:1.27', 'example.com/app'));
    expect(stdout).toContain('mountPath: /data');
    expect(stdout).toContain('sizeLimit: 7Mi');
  });

  it('leaves kube-system alone, also as the default namespace', async () => {
    const result = await run(['harden', '-n', 'kube-system'], pod);
    expect(result.stdout).toBe(pod);
    expect(result.stderr).toContain('1 left alone (namespace kube-system is never touched)');
  });

  it('does not crash when nobody reads on', async () => {
    const many = `${service}---\n`.repeat(5000);
    const path = await folder({ 'many.yaml': many });
    const { spawnSync } = await import('node:child_process');
    const { bin } = await import('./support/run.ts');
    const shell = spawnSync('sh', ['-c', `"${process.execPath}" "${bin}" harden -q "${path}/many.yaml" | head -n 1`], {
      encoding: 'utf8',
    });
    expect(shell).toMatchObject({ status: 0, stdout: '# other\n', stderr: '' });
  });
});

describe('permafrost harden as a KRM function', () => {
  const list = `apiVersion: config.kubernetes.io/v1
kind: ResourceList
functionConfig:
  apiVersion: permafrost.dev/v1alpha1
  kind: Policy
  spec: {volumes: {defaultSizeLimit: 5Mi}}
items:
- apiVersion: v1
  kind: Pod
  metadata:
    name: web
    annotations:
      internal.config.kubernetes.io/path: web.yaml
      internal.config.kubernetes.io/index: '1'
  spec:
    containers:
    - {name: nginx, image: nginx, securityContext: {privileged: true}}
`;
  it('hardens the items with its policy and adds results', async () => {
    const { code, stdout, stderr } = await run(['harden'], list);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const value = read(stdout);
    expect(value.functionConfig.kind).toBe('Policy');
    expect(JSON.stringify(value.items)).toContain('"sizeLimit":"5Mi"');
    expect(value.results).toContainEqual({
      message: 'nginx: privileged: true becomes false',
      severity: 'warning',
      resourceRef: { apiVersion: 'v1', kind: 'Pod', name: 'web' },
      file: { path: 'web.yaml', index: 1 },
      field: { path: 'spec.containers[0]' },
      tags: { rule: 'privileged' },
    });
  });

  it('answers with an error among the results', async () => {
    const { code, stdout, stderr } = await run(['harden'], list.replace('privileged: true', 'privileged: "no"'));
    expect(code).toBe(2);
    expect(stderr).toMatch(/^-:17:\d+: items\[0\]\.spec\.containers\[0\]\.securityContext\.privileged: /);
    expect(read(stdout).results).toEqual([expect.objectContaining({ severity: 'error' })]);
  });
});

describe('any pod in any style', () => {
  const profiles = createProfileTable([
    { origin: 'built-in', profiles: loadProfiles(builtInFolder).profiles.map(({ profile }) => profile) },
  ]);
  const container = fc.record(
    {
      name: fc.stringMatching(/^[a-z][a-z0-9]{0,5}$/),
      image: fc.constantFrom('nginx', 'postgres:16', 'redis', 'example.com/x:1', 'busybox'),
      command: fc.array(
        fc.oneof(fc.constantFrom('on', '0644', '- x', 'a: b', '#'), fc.stringMatching(/^[ -~]{0,9}$/)),
        { maxLength: 3 },
      ),
      securityContext: fc.option(
        fc.record(
          {
            privileged: fc.boolean(),
            readOnlyRootFilesystem: fc.boolean(),
            capabilities: fc.record({
              add: fc.array(fc.constantFrom('SYS_ADMIN', 'NET_ADMIN', 'ALL', 'CHOWN'), { maxLength: 3 }),
            }),
          },
          { requiredKeys: [] },
        ),
      ),
      volumeMounts: fc.option(
        fc.array(fc.record({ name: fc.constant('v'), mountPath: fc.constantFrom('/tmp', '/var', '/run', '/x') }), {
          maxLength: 2,
        }),
      ),
      unknown: fc.oneof(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.boolean()),
    },
    { requiredKeys: ['name', 'image'] },
  );
  const containers = fc.uniqueArray(container, { selector: ({ name }) => name, maxLength: 3 });
  const anyPod = fc.record({
    apiVersion: fc.constant('v1'),
    kind: fc.constant('Pod'),
    metadata: fc.record({
      name: fc.constant('x'),
      annotations: fc.option(fc.record({ a: fc.stringMatching(/^[ -~]{0,9}$/) })),
    }),
    spec: fc.record(
      { initContainers: containers, containers, volumes: fc.constantFrom([], [{ name: 'v', emptyDir: {} }]) },
      { requiredKeys: ['containers'] },
    ),
  });
  const style = fc.record({
    lineWidth: fc.constantFrom(0, 40),
    indent: fc.constantFrom(2, 4),
    indentSeq: fc.boolean(),
    collectionStyle: fc.constantFrom('any' as const, 'flow' as const),
    defaultStringType: fc.constantFrom('PLAIN', 'QUOTE_DOUBLE', 'QUOTE_SINGLE') as fc.Arbitrary<'PLAIN'>,
  });

  it('comes out as harden() makes it, and a second pass changes nothing', async () => {
    const { hardenDocument } = await import('../../src/cli/harden/harden-document.ts');
    const core = { profiles, policy: defaultPolicy, version };
    const settings = { ...core, namespace: 'default', today: '2026-01-01' };
    fc.assert(
      fc.property(anyPod, style, fc.boolean(), fc.boolean(), (value, options, isJson, crlf) => {
        const yaml = new Document(value, { version: '1.1', compat: 'core' }).toString(options);
        const written = isJson ? JSON.stringify(value, null, options.indent) : yaml;
        const text = crlf ? written.replaceAll('\n', '\r\n') : written;
        const before = read(text);
        const parsed = parsePod(before);
        if (!parsed.ok) throw new Error('the generator makes pods');
        const after = harden(parsed.pod, core, { namespace: 'default', today: '2026-01-01' }).pod;
        const result = hardenDocument(text, settings);
        expect(result.problems).toEqual([]);
        expect(read(result.text)).toEqual(after);
        if (after === parsed.pod) expect(result.text).toBe(text);
        const again = hardenDocument(result.text, settings);
        expect(again.text).toBe(result.text);
      }),
      { numRuns: 200 },
    );
  });
});
