import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { folder, run } from './support/run.ts';

const profiles = `apiVersion: permafrost.dev/v1alpha1
kind: ImageProfile
metadata: {name: app}
spec:
  images: [example.com/app]
  writablePaths:
    - {path: /cache, purpose: a cache}
    - {path: /var/run, purpose: a pid}
    - {path: /extra, purpose: nobody knows}
  sources: [our own]
`;

/** As a chart would have it: an odd spelling, a path below one of the profile, one that it lacks, and others that do not count. */
const chart = `apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  template:
    spec:
      initContainers:
        - name: prepare
          image: example.com/unknown:1
          securityContext: {readOnlyRootFilesystem: true}
          volumeMounts: [{name: tmp, mountPath: /tmp}, {name: work, mountPath: /work}]
      containers:
        - name: app
          image: example.com/app:2
          securityContext: {readOnlyRootFilesystem: true, runAsNonRoot: true}
          volumeMounts:
            - {name: run, mountPath: /run/}
            - {name: cache, mountPath: /cache/pages}
            - {name: lacking, mountPath: /lacking}
            - {name: data, mountPath: /data}
            - {name: config, mountPath: /etc/app}
            - {name: work, mountPath: /input, readOnly: true}
        - name: writable
          image: example.com/app:2
          volumeMounts: [{name: tmp, mountPath: /other}]
      volumes:
        - {name: run, emptyDir: {}}
        - {name: cache, emptyDir: {}}
        - {name: lacking, emptyDir: {medium: Memory}}
        - {name: tmp, emptyDir: {}}
        - {name: work, emptyDir: {}}
        - {name: data, persistentVolumeClaim: {claimName: data}}
        - {name: config, configMap: {name: config}}
---
apiVersion: v1
kind: Service
metadata: {name: web}
`;

describe('permafrost profiles compare', () => {
  it('prints recall, missing and extra paths of each image, and totals', async () => {
    const path = await folder({ 'chart.yaml': chart, 'profiles/app.yaml': profiles });
    const args = ['profiles', 'compare', join(path, 'chart.yaml'), '--profiles', join(path, 'profiles')];
    expect(await run(args)).toEqual({
      code: 0,
      stderr: '',
      stdout: `IMAGE                  PROFILE  FOUND  MISSING   EXTRA
example.com/app:2      app      2/3    /lacking  /extra
example.com/unknown:1  -        1/2    /work     -

2 read-only containers of 2 images, 1 of them without a profile
recall: 3 of 5 paths (60.0 %); extra: 1
`,
    });
    const json = JSON.parse((await run([...args, '-o', 'json'])).stdout);
    expect(json.total).toEqual({
      images: 2,
      containers: 2,
      withoutProfile: 1,
      wanted: 5,
      found: 3,
      recall: 0.6,
      extra: 1,
    });
    expect(json.images[0]).toEqual({
      image: 'example.com/app:2',
      profile: 'app',
      containers: 1,
      wanted: ['/cache/pages', '/lacking', '/run'],
      missing: ['/lacking'],
      extra: ['/extra'],
    });
  });

  it('counts an image once, over all of its pods', async () => {
    const pod = (name: string, path: string) =>
      JSON.stringify({
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name },
        spec: {
          containers: [
            {
              name: 'nginx',
              image: 'nginx:1.27',
              securityContext: { readOnlyRootFilesystem: true },
              volumeMounts: [{ name: 'v', mountPath: path }],
            },
          ],
          volumes: [{ name: 'v', emptyDir: {} }],
        },
      });
    const stdin = `${pod('a', '/var/cache/nginx')}\n---\n${pod('b', '/var/run')}\n`;
    const { stdout } = await run(['profiles', 'compare', '-', '-o', 'json'], stdin);
    expect(JSON.parse(stdout).images).toEqual([
      expect.objectContaining({ containers: 2, wanted: ['/run', '/var/cache/nginx'], missing: [], extra: [] }),
    ]);
  });

  it('says when there is nothing to compare, and what cannot be read', async () => {
    expect(await run(['profiles', 'compare', '-'], 'kind: Service\napiVersion: v1\n')).toEqual({
      code: 0,
      stdout: 'no container with readOnlyRootFilesystem: true, so nothing to compare\n',
      stderr: '',
    });
    expect(await run(['profiles', 'compare', '-'], 'a: [1\n')).toMatchObject({ code: 2, stdout: '' });
    expect(await run(['profiles', 'compare', '/nowhere'])).toMatchObject({ code: 2, stdout: '' });
  });
});
