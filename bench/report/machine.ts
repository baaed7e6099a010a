/** Where and of what the numbers are. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { cpus, loadavg, release, totalmem } from 'node:os';
import { fileURLToPath } from 'node:url';
import { version } from '../../src/version.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

export function describeMachine(): Record<string, string> {
  const processors = cpus();
  return {
    machine: `${processors.length} × ${processors[0]?.model.trim() ?? 'unknown'}, ${Math.round(totalmem() / 2 ** 30)} GiB`,
    kernel: release(),
    'load before': loadavg()[0]?.toFixed(2) ?? '',
    node: process.version,
    openssl: process.versions.openssl ?? '',
    express: packageVersion('express'),
    permafrost: `${version} (${commit()})`,
  };
}

function packageVersion(name: string): string {
  return JSON.parse(readFileSync(`${root}node_modules/${name}/package.json`, 'utf8')).version;
}

/** Of this source, `-dirty` when the program has been changed since. */
function commit(): string {
  const git = (...args: string[]) => execFileSync('git', args, { cwd: root, encoding: 'utf8' }).trim();
  try {
    const isDirty = git('status', '--porcelain', '--', 'src', 'profiles', 'scripts/bundle.ts', 'Dockerfile') !== '';
    return `${git('rev-parse', '--short', 'HEAD')}${isDirty ? '-dirty' : ''}`;
  } catch {
    return 'no git';
  }
}
