import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, it } from 'vitest';
import { bin } from './support/run.ts';

const document = `---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  template:
    spec:
      containers:
      - {name: nginx, image: "nginx:1.27", securityContext: {privileged: true}}
`;

it('hardens 10,000 documents in bounded memory', { timeout: 240_000 }, async () => {
  const report = `process.on('exit', () => process.stderr.write('RSS ' + process.resourceUsage().maxRSS));`;
  const preload = `data:text/javascript,${encodeURIComponent(report)}`;
  // with this heap the process would die if it kept what it read or wrote, some 20 MB as text and more as nodes
  const child = spawn(process.execPath, ['--max-old-space-size=96', '--import', preload, bin, 'harden', '-q']);
  let documents = 0;
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    documents += text.split('sizeLimit: 64Mi').length - 1;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  for (let index = 0; index < 10_000; index += 100) {
    if (!child.stdin.write(document.repeat(100))) await once(child.stdin, 'drain');
  }
  child.stdin.end();
  const [code] = await once(child, 'close');
  expect(code).toBe(0);
  // what a chunk's border cuts is not counted
  expect(documents).toBeGreaterThan(9900);
  expect(Number(/RSS (\d+)/.exec(stderr)?.[1]) / 1024).toBeLessThan(400);
});
