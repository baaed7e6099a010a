import type { Stats } from 'node:fs';
import {
  chmod,
  copyFile,
  lchown,
  link,
  lstat,
  lutimes,
  mkdir,
  readdir,
  readlink,
  rename,
  rm,
  symlink,
} from 'node:fs/promises';
import { join } from 'node:path';
import { copiedFolder } from '../harden/content-copy.ts';
import { UsageError } from './command.ts';
import { exitCode, type Io } from './io.ts';

/**
 * Copies folders into volumes as the shell script of src/harden/content-copy.ts does: what is there stays, a copy that was cut off is
 * made anew, what cannot be read or owned as this user is said and left out, a folder that the image does not have becomes an empty one.
 *
 * @param paths pairs of a folder and the volume that gets its content
 */
export async function copyContent(paths: readonly string[], io: Io): Promise<number> {
  if (paths.length % 2 !== 0)
    throw new UsageError(`paths come in pairs, a folder and a volume; ${paths.at(-1)} has none`);
  for (let index = 0; index + 1 < paths.length; index += 2) {
    const [from = '', volume = ''] = paths.slice(index, index + 2);
    const target = join(volume, copiedFolder);
    if (await lstatOrNothing(target)) continue;
    const partial = join(volume, 'partial');
    await rm(partial, { recursive: true, force: true });
    // a link at the path itself would lead out of the image, into this container's own files
    if ((await lstatOrNothing(from))?.isDirectory()) {
      const copy: Copy = { links: new Map(), say: (problem) => io.stderr.write(`permafrost: left out: ${problem}\n`) };
      await copyEntry(from, partial, copy);
    }
    if (!(await lstatOrNothing(partial))) await mkdir(partial);
    await rename(partial, target);
  }
  return exitCode.ok;
}

interface Copy {
  /** Files with several names: device and inode, and where the first name was copied to. */
  links: Map<string, string>;
  say(problem: string): void;
}

async function copyEntry(from: string, to: string, copy: Copy): Promise<void> {
  try {
    const stats = await lstat(from);
    if (stats.isDirectory()) {
      // its own mode comes last: without write permission nothing could be put into it
      await mkdir(to, { mode: 0o700 });
      for (const name of await readdir(from)) await copyEntry(join(from, name), join(to, name), copy);
    } else if (stats.isSymbolicLink()) await symlink(await readlink(from), to);
    else if (stats.isFile()) await copyOrLink(from, to, stats, copy);
    else return copy.say(`${from}: neither a file, nor a folder, nor a link`);
    await keepAttributes(to, stats);
  } catch (error) {
    copy.say(error instanceof Error ? error.message : String(error));
  }
}

async function copyOrLink(from: string, to: string, stats: Stats, { links }: Copy): Promise<void> {
  const identity = `${stats.dev}:${stats.ino}`;
  const first = stats.nlink > 1 ? links.get(identity) : undefined;
  if (first !== undefined) return link(first, to);
  await copyFile(from, to);
  if (stats.nlink > 1) links.set(identity, to);
}

/** Owner before mode: a change of owner takes set-uid bits away. Only root can give files away; everybody else keeps them, as `cp -a` does. */
async function keepAttributes(path: string, stats: Stats): Promise<void> {
  await lchown(path, stats.uid, stats.gid).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPERM') throw error;
  });
  if (!stats.isSymbolicLink()) await chmod(path, stats.mode & 0o7777);
  await lutimes(path, stats.atime, stats.mtime);
}

async function lstatOrNothing(path: string): Promise<Stats | undefined> {
  return lstat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return undefined;
    throw error;
  });
}
