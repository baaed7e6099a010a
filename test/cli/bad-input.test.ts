import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { folder, run } from './support/run.ts';

const pod = 'apiVersion: v1\nkind: Pod\nmetadata: {name: x}\nspec: {containers: [{name: a, image: nginx}]}\n';
const bomb = `apiVersion: v1\nkind: Pod\na: &a [x,x,x,x,x,x,x,x,x]\n${'bcdefgh'
  .split('')
  .map((name, index) => `${name}: &${name} [${Array(9).fill(`*${'abcdefg'[index]}`).join(',')}]`)
  .join('\n')}\n`;

describe('permafrost harden says where and what to do, and writes nothing', () => {
  const cases: [name: string, input: string | Buffer, error: RegExp][] = [
    ['a YAML bomb', bomb, /^-:\d+:\d+: .*alias/],
    ['an alias that contains itself', 'a: &a [*a]\n', /^-:1:8: .*contains itself/],
    ['an alias without anchor', 'a: *b\n', /^-:1:4: .*no anchor &b/],
    ['a key that stands twice', `${pod.trim()}\nkind: Pod\n`, /^-:5:1: the key "kind" stands twice/],
    [
      'a key that stands twice in JSON',
      '{"apiVersion":"v1","kind":"Pod","kind":"Pod"}',
      /^-:1:33: the key "kind" stands twice/,
    ],
    ['tabs', 'a:\n\t- b\n', /^-:2:1: not valid YAML: Tabs.*spaces/],
    ['bytes that are not UTF-8', Buffer.from('a: b\nc: \xe9t\xe9\n', 'latin1'), /^-:2:4: the byte 0xE9 is not UTF-8/],
    ['UTF-16', Buffer.from('\ufeffa: b\n', 'utf16le'), /^-:1:1: this is UTF-16/],
    ['UTF-16 without a mark', Buffer.from('a: b\n', 'utf16le'), /^-:1:2: a NUL byte.*UTF-16/],
    ['a NUL byte', 'a: b\nc: \0\n', /^-:2:4: a NUL byte/],
    [
      'truncated JSON',
      '{"apiVersion": "v1",\n "kind": "Pod", "spec": {',
      /^-:2:26: not valid JSON: the text ends .*line 2.*complete/,
    ],
    ['a truncated string in JSON', '{"apiVersion": "v', /^-:1:18: not valid JSON: the text ends/],
    ['containers as a map', 'apiVersion: v1\nkind: Pod\nspec:\n  containers: {}\n', /^-:4:3: spec\.containers: /],
    [
      'privileged as a string',
      pod.replace('image: nginx', 'image: nginx, securityContext: {privileged: "yes"}'),
      /^-:4:63: spec\.containers\[0\]\.securityContext\.privileged: expected boolean, received string \("yes"\); write it without quotes/,
    ],
    [
      'a wrong type in a template',
      'apiVersion: apps/v1\nkind: Deployment\nspec:\n  template:\n    spec:\n      containers:\n      - name: 5\n',
      /^-:7:9: spec\.template\.spec\.containers\[0\]\.name: /,
    ],
    ['very deep brackets', '['.repeat(100_000), /^-:1:\d+: nested more than 500/],
    ['very deep YAML brackets', `a: ${'['.repeat(100_000)}`, /^-:1:\d+: nested more than 500/],
    [
      'very deep indentation',
      Array.from({ length: 2000 }, (_, depth) => `${' '.repeat(depth)}a:`).join('\n'),
      /^-:\d+:\d+: nested more than 500/,
    ],
  ];
  it.each(cases)('%s', async (_name, input, error) => {
    const result = await run(['harden'], input);
    expect(result.stderr).toMatch(error);
    expect(result).toMatchObject({ code: 2, stdout: '' });
  });

  it('counts lines over the whole stream', async () => {
    const result = await run(['harden'], `${pod}---\n# comment\n${pod}---\na: [\n`);
    expect(result.stderr).toMatch(/^-:1[123]:\d+: /);
    expect(result).toMatchObject({ code: 2, stdout: '' });
  });

  it('names every error, and how many more there are', async () => {
    const result = await run(['harden'], '---\na: [\n'.repeat(60));
    expect(result.stderr.split('\n')).toHaveLength(52);
    expect(result.stderr).toContain('and 10 more errors');
  });

  it('names a file that is missing, and one that may not be read', async () => {
    const path = await folder({ 'a.yaml': pod });
    const missing = await run(['harden', join(path, 'b.yaml'), join(path, 'a.yaml')]);
    expect(missing).toMatchObject({ code: 2, stdout: '' });
    expect(missing.stderr).toContain('b.yaml: no such file');
    chmodSync(path, 0);
    const denied = await run(['harden', path]);
    chmodSync(path, 0o700);
    // root may read everything
    if (process.getuid?.() !== 0) expect(denied.stderr).toContain('permission denied');
  });

  it('refuses a folder without YAML', async () => {
    const result = await run(['harden', await folder({ 'a.txt': 'x', 'sub/b.yaml': pod })]);
    expect(result).toMatchObject({ code: 2, stdout: '' });
    expect(result.stderr).toMatch(/no \.yaml, \.yml or \.json file in this folder; -R/);
  });
});

describe('permafrost harden passes through byte for byte', () => {
  const cases: [name: string, input: string][] = [
    ['an empty file', ''],
    [
      'a script with many open brackets',
      `apiVersion: v1\nkind: ConfigMap\ndata:\n  a: |\n${'    [[[[[[[[[[\n'.repeat(500)}`,
    ],
    ['a comment', '# nothing here\n'],
    ['separators', '---\n---\n# x\n---\n...\n'],
    ['a scalar', 'hello\n'],
    ['a list', '- a\n- b'],
    ['a JSON list', '[1, 2]'],
    [
      'an object of another group',
      'apiVersion: example.com/v1\nkind: Deployment\nspec: {template: {spec: {containers: 5}}}\n',
    ],
    ['keys that stand twice where no pod is', 'apiVersion: v1\nkind: ConfigMap\ndata: {a: b, a: c}\n'],
    ['Windows line breaks', 'apiVersion: v1\r\nkind: Service\r\n---\r\na: b'],
    ['a byte order mark', '\ufeffapiVersion: v1\nkind: Service\n'],
    ['a pod without containers', 'apiVersion: v1\nkind: Pod\nspec: {}\n'],
    ['a patch without a pod template', 'apiVersion: apps/v1\nkind: Deployment\nspec: {replicas: 3}\n'],
    ['__proto__ keys', 'apiVersion: v1\nkind: ConfigMap\n__proto__: {kind: Pod}\ndata: {__proto__: x}\n'],
    ['kube-system', pod.replace('name: x', 'name: x, namespace: kube-system')],
    ['end markers and directives', '%YAML 1.1\n---\na: b\n...\n# c\n---\nd: e\n...\n'],
    ['block scalars with separators in them', 'a: |\n  ---\n  b\n ...\n'.replace(' ...', '  ...')],
  ];
  it.each(cases)('%s', async (_name, input) => {
    expect(await run(['harden'], input)).toMatchObject({ code: 0, stdout: input });
  });

  it('__proto__ in a pod that changes', async () => {
    const input =
      'apiVersion: v1\nkind: Pod\nmetadata: {name: x, labels: {__proto__: "y"}}\nspec: {containers: [{name: a, image: nginx}]}\n';
    const { code, stdout } = await run(['harden'], input);
    expect(code).toBe(0);
    expect(stdout).toContain('labels: {__proto__: "y"}');
  });
});
