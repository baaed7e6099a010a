import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseImageReference } from '../profiles/image-reference.ts';
import { describeFileError } from './file-error.ts';
import { exitCode, type Io } from './io.ts';
import { loadTable } from './settings.ts';

/** Runs `permafrost profiles new`: a profile to fill in, to standard output or into a new file of a folder. */
export async function newProfile(image: string, flags: { folder?: string }, io: Io): Promise<number> {
  const reference = parseImageReference(image);
  if (!reference) {
    io.stderr.write(`${JSON.stringify(image)} is no image reference; write it as a container does: nginx:1.27\n`);
    return exitCode.error;
  }
  const table = loadTable([]);
  const existing = 'table' in table ? table.table.find(reference) : undefined;
  if (existing) {
    const { name } = existing.metadata;
    io.stderr.write(`note: "${name}" describes this image already; permafrost profiles show ${image} prints it\n`);
  }
  const name = nameOf(reference.repository);
  const text = skeleton(name, reference.repository);
  if (flags.folder === undefined) {
    io.stdout.write(text);
    return exitCode.ok;
  }
  const file = join(flags.folder, `${name}.yaml`);
  try {
    writeFileSync(file, text, { flag: 'wx' }); // never over what is there
  } catch (error) {
    const isThere = (error as NodeJS.ErrnoException).code === 'EEXIST';
    io.stderr.write(isThere ? `${file} is there already; edit it\n` : `${describeFileError(file, error)}\n`);
    return exitCode.error;
  }
  io.stdout.write(`${file}: fill in each TODO, then run permafrost profiles lint ${flags.folder}\n`);
  return exitCode.ok;
}

function nameOf(repository: string): string {
  return (repository.split('/').at(-1) ?? '').replaceAll(/[._]+/g, '-');
}

function skeleton(name: string, repository: string): string {
  return `apiVersion: permafrost.dev/v1alpha1
kind: ImageProfile
metadata:
  name: ${name}
spec:
  images:
    - ${repository}
  # versions: ">=1.2 <2" # if other versions write elsewhere; give each range a profile of its own, in this file
  # tags: ["*-alpine*"] # likewise for variants
  # Only what the image must write to start and to work, sorted by path. Take it out if the image writes nothing.
  writablePaths:
    - path: TODO # an absolute path, never a system folder itself: /var/lib/${name}
      purpose: TODO what it writes there
      # kind: data # what should outlive the pod, on a volume of the user's; without it: scratch
      # content: copy # if the image has files there that it needs
      # sizeLimit: 64Mi # if the policy's default (1Gi) is far too much
      # medium: Memory # if it must be a tmpfs
      sources:
        - TODO what shows it, its documentation, Dockerfile, entrypoint, a chart that runs it read-only, an issue
  # noShell: true # if there is no sh or cp in it, as in a distroless image
  # needsPrivilege: why it cannot work without privileged or SYS_ADMIN
  # cannotRunReadOnly: why it cannot run with a read-only root, whatever is mounted
  # notes: what a user of this image should know
  sources:
    - TODO where you looked
`;
}
