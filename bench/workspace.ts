/** A folder that a run uses and throws away, with the certificate of all its servers. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSelfSigned, type SelfSigned } from '../src/tls/self-signed.ts';

export interface Workspace {
  folder: string;
  tls: SelfSigned & { certFile: string; keyFile: string };
  file(name: string): string;
  /** Writes a file, and gives its path. */
  write(name: string, content: string): string;
  remove(): void;
}

export async function createWorkspace(): Promise<Workspace> {
  const folder = mkdtempSync(join(tmpdir(), 'permafrost-bench-'));
  const file = (name: string) => join(folder, name);
  const write = (name: string, content: string) => {
    writeFileSync(file(name), content, { mode: 0o600 });
    return file(name);
  };
  const selfSigned = await createSelfSigned([], new Date());
  const tls = { ...selfSigned, certFile: write('tls.crt', selfSigned.cert), keyFile: write('tls.key', selfSigned.key) };
  return { folder, tls, file, write, remove: () => rmSync(folder, { recursive: true, force: true }) };
}
