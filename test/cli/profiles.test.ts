import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { builtInFolder } from '../../src/profiles/load.ts';
import { folder, run } from './support/run.ts';

const profile = `apiVersion: permafrost.dev/v1alpha1
kind: ImageProfile
metadata:
  name: app
spec:
  images: [example.com/app]
  versions: "<2"
  writablePaths:
    - path: /data
      purpose: what people upload
      kind: data
      sources: [our own]
  sources: [our own]
`;

describe('permafrost profiles', () => {
  it('lists names, images, versions and paths', async () => {
    const path = await folder({ 'app.yaml': profile });
    const { code, stdout } = await run(['profiles', 'list', '--profiles', path]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^NAME +IMAGES +VERSIONS +PATHS\n/);
    expect(stdout).toMatch(/^app +example\.com\/app +<2 +\/data$/m);
    const names = await run(['profiles', 'list', '-o', 'name']);
    expect(names.stdout.split('\n')).toContain('nginx');
    expect(JSON.parse((await run(['profiles', 'list', '-o', 'json'])).stdout)).toContainEqual(
      expect.objectContaining({ kind: 'ImageProfile' }),
    );
  });

  it('shows which profile an image gets, and why', async () => {
    const { code, stdout } = await run(['profiles', 'show', 'mirror.gcr.io/library/nginx:1.27-alpine']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/repository +docker\.io\/library\/nginx \(mirrored at mirror\.gcr\.io\/library\/nginx\)/);
    expect(stdout).toMatch(/version +1\.27\.x\n/);
    expect(stdout).toMatch(/^Profile nginx\n/m);
    expect(stdout).toMatch(/^ {2}\/var\/cache\/nginx +scratch/m);
  });

  it('says what to do when no profile holds', async () => {
    const path = await folder({ 'app.yaml': profile });
    const { code, stdout, stderr } = await run(['profiles', 'show', 'example.com/app:2.1', '--profiles', path]);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain('no profile for example.com/app:2.1');
    expect(stderr).toContain('hold for other tags: app (<2)');
    expect((await run(['profiles', 'show', 'No Image'])).code).toBe(2);
  });

  it('checks files, with every problem on a line', async () => {
    const path = await folder({ 'a.yaml': profile, 'b.yaml': `${profile}  colour: red\n`.replace('/data', '/etc') });
    expect(await run(['profiles', 'lint', join(path, 'a.yaml')])).toEqual({
      code: 0,
      stdout: '1 profile, no problems\n',
      stderr: '',
    });
    const { code, stderr } = await run(['profiles', 'lint', path]);
    expect(code).toBe(1);
    expect(stderr).toMatch(/b\.yaml:9:7: spec\.writablePaths\[0\]\.path: "\/etc" would hide/);
    expect(stderr).toMatch(/b\.yaml:14:3: spec\.colour: unknown field/);
  });

  const lint = async (files: Record<string, string>) => {
    const path = await folder(files);
    const { code, stderr } = await run(['profiles', 'lint', path]);
    return { code, lines: stderr.replaceAll(`${path}/`, '').split('\n').slice(0, -1) };
  };

  it('wants sources of each path, sorted paths, and no TODO', async () => {
    const text = profile.replace(
      '\n  sources: [our own]\n',
      '\n    - path: /cache\n      purpose: TODO\n  sources: [our own, TODO]\n',
    );
    expect(await lint({ 'app.yaml': text })).toEqual({
      code: 1,
      lines: [
        'app.yaml:13:7: spec.writablePaths[1].path: comes before /data; sort the paths',
        'app.yaml:13:7: spec.writablePaths[1]: needs sources of its own: what shows that the image writes here?',
        'app.yaml:14:7: spec.writablePaths[1].purpose: is still to be written',
        'app.yaml:15:22: spec.sources[1]: is still to be written',
      ],
    });
  });

  it('finds profiles that hold for the same images, and images in two files', async () => {
    const other = (range: string) => profile.replace('name: app', 'name: app-b').replace('"<2"', `"${range}"`);
    expect(await lint({ 'app.yaml': `${profile}---\n${other('>=2')}` })).toEqual({ code: 0, lines: [] });
    expect(await lint({ 'app.yaml': `${profile}---\n${other('>=1.5')}` })).toEqual({
      code: 1,
      lines: [
        expect.stringMatching(
          /^app\.yaml:20:12: spec\.images\[0\]: "app" \(.*app\.yaml:1\) holds for the same tags of example\.com\/app; /,
        ),
      ],
    });
    expect((await lint({ 'app.yaml': profile, 'app-b.yaml': other('>=2') })).lines).toEqual([
      expect.stringMatching(/describes example\.com\/app as well; keep both in one file$/),
    ]);
  });

  it('wants the two spellings of one place once, and a file named after its profile', async () => {
    const twice = profile.replace(
      '\n  sources: [our own]\n',
      '\n    - {path: /run, purpose: a pid, sources: [x]}\n    - {path: /var/run, purpose: a pid, sources: [x]}\n  sources: [our own]\n',
    );
    expect((await lint({ 'other.yaml': twice })).lines).toEqual([
      'other.yaml:14:8: spec.writablePaths[2].path: is the same place as /run; write it once',
      'other.yaml:4:3: metadata.name: "app" is not what the file is called; rename one',
    ]);
  });

  it('finds nothing wrong with the built-in table', async () => {
    expect(await run(['profiles', 'lint', builtInFolder])).toMatchObject({ code: 0, stderr: '' });
  });

  it('writes a profile to fill in, which lint takes once it is filled in', async () => {
    const path = await folder({});
    const { code, stdout } = await run(['profiles', 'new', 'quay.io/team/my_app:1.2', '--folder', path]);
    expect(code).toBe(0);
    expect(stdout).toContain('my-app.yaml: fill in each TODO');
    expect((await run(['profiles', 'lint', path])).code).toBe(1);
    expect(await run(['profiles', 'new', 'quay.io/team/my_app', '--folder', path])).toMatchObject({
      code: 2,
      stdout: '',
    });
    const file = join(path, 'my-app.yaml');
    const filled = readFileSync(file, 'utf8').replace('path: TODO', 'path: /data').replaceAll('TODO ', '');
    writeFileSync(file, filled);
    expect(await run(['profiles', 'lint', path])).toEqual({ code: 0, stdout: '1 profile, no problems\n', stderr: '' });
    expect((await run(['profiles', 'new', 'nginx'])).stderr).toContain('"nginx" describes this image already');
    expect((await run(['profiles', 'new', 'No Image'])).code).toBe(2);
  });
});
