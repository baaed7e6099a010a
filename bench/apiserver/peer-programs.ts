/** Kyverno and Gatekeeper, built from their Go modules. */
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const tool = fileURLToPath(new URL('../peers/build', import.meta.url));

export interface PeerPrograms {
  folder: string;
  versions: Record<string, string>;
}

let found: PeerPrograms | undefined;

/** Finds them; builds what is missing, with progress on stderr. */
export function findPeers(): PeerPrograms {
  if (found) return found;
  const { status, stdout } = spawnSync(tool, { stdio: ['ignore', 'pipe', 'inherit'], encoding: 'utf8' });
  if (status !== 0) {
    throw new Error(
      `there are no peers to measure against: ${tool} ended with ${status}, see above; --no-peers does without`,
    );
  }
  const folder = stdout.trim();
  const marks = readdirSync(folder).flatMap((name): [string, string][] => {
    const [, program, version] = /^\.(.+)-(v[\d.]+)$/.exec(name) ?? [];
    return program && version ? [[program, version]] : [];
  });
  const versions = Object.fromEntries(marks);
  found = { folder, versions };
  return found;
}

export const peerFolder = (name: string) => fileURLToPath(new URL(`../peers/${name}`, import.meta.url));
export const crdFolder = (peer: string) => join(findPeers().folder, 'crds', peer);
