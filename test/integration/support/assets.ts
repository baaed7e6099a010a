/** Finds etcd, kube-apiserver and kubectl. */
import { spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const programs = ['etcd', 'kube-apiserver', 'kubectl'];
const tool = fileURLToPath(new URL('../../cluster/assets', import.meta.url));

/**
 * Finds the folder with the programs: `KUBEBUILDER_ASSETS` when it is set, else what `test/cluster/assets` keeps in its cache, and
 * builds there what is missing, with progress on stderr.
 *
 * @throws when programs are missing and cannot be made: a test that cannot run has failed, it is never skipped
 */
export function findAssets(env: Record<string, string | undefined>): string {
  const given = env['KUBEBUILDER_ASSETS'];
  if (given) {
    const missing = programs.filter((program) => !isExecutable(join(given, program)));
    if (missing.length === 0) return given;
    throw new Error(
      `KUBEBUILDER_ASSETS is "${given}", where no executable ${missing.join(', ')} can be found; ` +
        `point it to a folder with ${programs.join(', ')}, or unset it and they are built from source (once, needs Go)`,
    );
  }
  const { status, error, stdout } = spawnSync(tool, { env, stdio: ['ignore', 'pipe', 'inherit'], encoding: 'utf8' });
  if (status === 0) return stdout.trim();
  throw new Error(
    `cannot make ${programs.join(', ')}: ${tool} ${error ? `does not run (${error.message})` : `ended with ${status}, its last lines are above`}; ` +
      'mend that, or set KUBEBUILDER_ASSETS to a folder that holds them',
  );
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
