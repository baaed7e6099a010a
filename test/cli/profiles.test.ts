import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
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
    expect(stderr).toMatch(/b\.yaml:13:3: spec\.colour: unknown field/);
  });
});
