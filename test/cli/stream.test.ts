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

/** Hardens a stream of documents and asks the system for the most memory that it took. */
async function measure(count: number): Promise<{ documents: number; mebibytes: number }> {
  const report = `process.on('exit', () => process.stderr.write('RSS ' + process.resourceUsage().maxRSS));`;
  const child = spawn(process.execPath, [
    '--import',
    `data:text/javascript,${encodeURIComponent(report)}`,
    bin,
    'harden',
    '-q',
  ]);
  let documents = 0;
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    documents += text.split('sizeLimit: 64Mi').length - 1;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  for (let index = 0; index < count; index += 100) {
    if (!child.stdin.write(document.repeat(100))) await once(child.stdin, 'drain');
  }
  child.stdin.end();
  const [code] = await once(child, 'close');
  expect(code).toBe(0);
  return { documents, mebibytes: Number(/RSS (\d+)/.exec(stderr)?.[1]) / 1024 };
}

it('hardens 10,000 documents in the memory of 2,000', { timeout: 240_000 }, async () => {
  const few = await measure(2000);
  const many = await measure(10_000);
  // a match cut by a chunk's border is not counted
  expect(many.documents).toBeGreaterThan(9900);
  expect(many.mebibytes).toBeLessThan(few.mebibytes + 100);
});
