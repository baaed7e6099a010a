/**
 * Writes a container image without an engine: `archive.ts --output FILE --tag NAME [--epoch SECONDS] [--root-owned] FOLDER...`, the
 * settings (Entrypoint, Cmd, Env, User and so on, as in Docker's format) as JSON on standard input. Each folder becomes a layer. What
 * comes out is what `docker save` writes, which docker, podman and containerd load; the same input gives the same bytes.
 *
 * https://github.com/moby/docker-image-spec/blob/main/spec.md
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createReadStream, mkdtempSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { parseArgs } from 'node:util';

const { values: flags, positionals: folders } = parseArgs({
  allowPositionals: true,
  options: {
    output: { type: 'string' },
    tag: { type: 'string' },
    epoch: { type: 'string', default: '0' },
    'root-owned': { type: 'boolean', default: false },
  },
});
const { output, tag, epoch } = flags;
if (!output || !tag || folders.length === 0)
  throw new Error('needs --output FILE, --tag NAME and a folder for each layer');

const architectures: Record<string, string> = { x64: 'amd64', arm64: 'arm64', s390x: 's390x', ppc64: 'ppc64le' };
const created = new Date(Number(epoch) * 1000).toISOString().replace('.000Z', 'Z');
const work = mkdtempSync(join(dirname(output), '.image-'));
try {
  const layers: string[] = [];
  for (const [index, folder] of folders.entries()) {
    const file = join(work, `layer-${index}`);
    tar(folder, file, ['.']);
    const name = `${await sha256(file)}.tar`;
    renameSync(file, join(work, name));
    layers.push(name);
  }
  const config = JSON.stringify({
    architecture: architectures[process.arch] ?? process.arch,
    os: 'linux',
    created,
    config: JSON.parse(readFileSync(0, 'utf8')),
    rootfs: { type: 'layers', diff_ids: layers.map((name) => `sha256:${name.replace('.tar', '')}`) },
    history: layers.map(() => ({ created, created_by: 'scripts/images/archive.ts' })),
  });
  const id = createHash('sha256').update(config).digest('hex');
  writeFileSync(join(work, `${id}.json`), config);
  writeFileSync(
    join(work, 'manifest.json'),
    JSON.stringify([{ Config: `${id}.json`, RepoTags: [tag], Layers: layers }]),
  );
  const whole = join(work, 'archive');
  tar(work, whole, ['manifest.json', `${id}.json`, ...new Set(layers)], true);
  renameSync(whole, output); // whole or not at all
  process.stdout.write(`sha256:${id} ${statSync(output).size}\n`);
} finally {
  rmSync(work, { recursive: true, force: true });
}

function tar(folder: string, file: string, entries: string[], rootOwned = flags['root-owned']): void {
  const owner = rootOwned ? ['--owner=0', '--group=0'] : [];
  const { status, stderr } = spawnSync(
    'tar',
    ['--create', '--file', file, '--directory', folder, '--format=gnu', '--sort=name', `--mtime=@${epoch}`].concat(
      '--numeric-owner',
      owner,
      entries,
    ),
    { encoding: 'utf8' },
  );
  if (status !== 0) throw new Error(`tar of ${folder} failed: ${stderr}`);
}

async function sha256(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}
