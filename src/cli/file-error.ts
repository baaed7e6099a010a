const explanations: Record<string, string> = {
  ENOENT: 'no such file or folder; check the name',
  EACCES: 'permission denied; check who may read it',
  EPERM: 'permission denied; check who may change it',
  EISDIR: 'is a folder, not a file',
  ENOTDIR: 'a part of this path is a file, not a folder',
  ELOOP: 'symbolic links that lead to each other',
  EROFS: 'on a read-only file system',
  ENOSPC: 'no space left on the device',
  EMFILE: 'too many open files',
};

/** Says in a line what the file system said. Whatever is no error of the file system is thrown on. */
export function describeFileError(path: string, error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : undefined;
  if (code === undefined || !('syscall' in (error as object))) throw error;
  return `${path}: ${explanations[code] ?? (error as Error).message}`;
}
