import { describe, expect, test } from 'vitest';
import { formatDiagnostic } from '../yaml/diagnostic.ts';
import { findDuplicateNames, parseProfiles } from './parse.ts';

const head = 'apiVersion: permafrost.dev/v1alpha1\nkind: ImageProfile\nmetadata: {name: app}\n';
const problemsOf = (text: string) => parseProfiles(text, 'app.yaml').problems.map(formatDiagnostic);

describe('parseProfiles', () => {
  test('reads many documents and remembers where each starts', () => {
    const spec = 'spec: {images: [docker.io/library/app], sources: [x]}\n';
    const { profiles, problems } = parseProfiles(`# a comment\n${head}${spec}---\n${head}${spec}`, 'app.yaml');
    expect(problems).toEqual([]);
    expect(profiles.map(({ line, profile }) => [profile.metadata.name, line])).toEqual([
      ['app', 2],
      ['app', 7],
    ]);
    expect(findDuplicateNames(profiles).map(formatDiagnostic)).toEqual([
      'app.yaml:7:1: metadata.name: "app" is also the name of the profile at app.yaml:2; choose another',
    ]);
  });

  test('says file, line, column and field of what is wrong', () => {
    const text = `${head}spec:\n  images:\n    - nginx\n  sources: []\n  writeablePaths: []\n`;
    expect(problemsOf(text)).toEqual([
      'app.yaml:6:7: spec.images[0]: must be a full repository, such as docker.io/library/nginx, without tag and digest',
      'app.yaml:7:3: spec.sources: needs at least one source: a page, a Dockerfile, an issue',
      'app.yaml:8:3: spec.writeablePaths: unknown field; check its spelling',
    ]);
  });

  test.each([
    '/',
    '/proc',
    '/sys/',
    '/dev',
    '/etc',
    '//usr',
    '/bin',
    '/sbin',
    '/lib',
    '/lib64',
    '/libx32',
    '/boot',
    '/./etc/.',
  ])('refuses a volume on %s itself', (path) => {
    const text = `${head}spec: {images: [a.b/c], sources: [x], writablePaths: [{path: ${path}, purpose: x}]}`;
    expect(problemsOf(text)).toEqual([
      expect.stringMatching(/^app\.yaml:4:\d+: spec\.writablePaths\[0\]\.path: .*would hide the system itself/),
    ]);
  });

  test.each(['/proc/sys', '/sys/fs/cgroup'])('refuses %s, which belongs to the kernel', (path) => {
    const text = `${head}spec: {images: [a.b/c], sources: [x], writablePaths: [{path: ${path}, purpose: x}]}`;
    expect(problemsOf(text)).toEqual([expect.stringContaining('belongs to the kernel')]);
  });

  test.each(['/etc/nginx/conf.d', '/usr/local/apache2/logs', '/var/run', '/dev/shm', '/lib/firmware/x'])(
    'takes %s, which lies below or beside one of them',
    (path) => {
      const text = `${head}spec: {images: [a.b/c], sources: [x], writablePaths: [{path: ${path}, purpose: x}]}`;
      expect(problemsOf(text)).toEqual([]);
    },
  );

  test.each(['relative', '/a/../b', '/a:b', '/a\\tb'])('refuses the path %s', (path) => {
    const text = `${head}spec: {images: [a.b/c], sources: [x], writablePaths: [{path: "${path}", purpose: x}]}`;
    expect(problemsOf(text)).toEqual([expect.stringContaining('must be an absolute path')]);
  });

  test('reports broken YAML, duplicate keys and an alias bomb with their place', () => {
    expect(problemsOf('a: [1\n')).toEqual([expect.stringMatching(/^app\.yaml:2:1: not valid YAML: /)]);
    expect(problemsOf('a: 1\na: 2\n')).toEqual([expect.stringMatching(/^app\.yaml:2:1: not valid YAML: .*unique/)]);
    const bomb = [
      'a: &a [x,x,x,x,x,x,x,x,x]',
      ...'bcdefg'.split('').map((name, i) => `${name}: &${name} [${Array(9).fill(`*${'abcdef'[i]}`).join(',')}]`),
    ];
    expect(problemsOf(bomb.join('\n'))).toEqual([expect.stringMatching(/^app\.yaml:1:1: not readable: .*alias/i)]);
  });

  test('reads nothing out of an empty file', () => {
    expect(parseProfiles('', 'app.yaml')).toEqual({ profiles: [], problems: [] });
  });
});
