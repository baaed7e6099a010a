/** Kyverno and Gatekeeper, built from their Go modules. */
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const tool = fileURLToPath(new URL('../peers/build', import.meta.url));

export type Peer = 'gatekeeper' | 'kyverno' | 'kyverno-cli';

/** Finds the folder with these peers; builds what is missing, with progress on stderr. */
export function findPeers(...peers: Peer[]): string {
  const { status, stdout } = spawnSync(tool, peers, { stdio: ['ignore', 'pipe', 'inherit'], encoding: 'utf8' });
  if (status === 0) return stdout.trim();
  throw new Error(
    `${peers.join(', ')} cannot be made: ${tool} ended with ${status}, see above; --no-peers does without`,
  );
}

/** Of those that are there. */
export function peerVersions(): Record<string, string> {
  const marks = readdirSync(findPeers('gatekeeper', 'kyverno')).flatMap((name): [string, string][] => {
    const [, program, version] = /^\.(.+)-(v[\d.]+)$/.exec(name) ?? [];
    return program && version ? [[program, version]] : [];
  });
  return Object.fromEntries(marks);
}

export const peerFolder = (name: string) => fileURLToPath(new URL(`../peers/${name}`, import.meta.url));
export const crdFolder = (peer: 'gatekeeper' | 'kyverno') => join(findPeers(peer), 'crds', peer);
