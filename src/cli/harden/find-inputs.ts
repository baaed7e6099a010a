/** Which files the arguments name. */
import { readdirSync, realpathSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describeFileError } from '../file-error.ts';

const extensions = ['.yaml', '.yml', '.json'];

/**
 * Finds the files, as kubectl does: all that are named, and of folders those with the extension of YAML or JSON. Folders whose name
 * starts with a dot and node_modules are left out below a folder.
 *
 * @returns `-` for standard input; every file once, in the order of the arguments, then of the names
 */
export function findInputs(paths: readonly string[], recursive: boolean): { files: string[]; errors: string[] } {
  const files: string[] = [];
  const errors: string[] = [];
  const seen = new Set<string>();
  const add = (file: string) => {
    const key = file === '-' ? '-' : realpathSync(file);
    if (!seen.has(key)) files.push(file);
    seen.add(key);
  };
  for (const path of paths) {
    try {
      if (path === '-' || !statSync(path).isDirectory()) {
        add(path);
        continue;
      }
      const found = listFolder(path, recursive);
      if (found.length === 0) {
        const hint = recursive ? '' : '; -R also looks into the folders below it';
        errors.push(`${path}: no .yaml, .yml or .json file in this folder${hint}`);
      }
      for (const file of found) add(file);
    } catch (error) {
      errors.push(describeFileError(pathOf(error) ?? path, error));
    }
  }
  return { files, errors };
}

function listFolder(folder: string, recursive: boolean): string[] {
  const entries = readdirSync(folder, { withFileTypes: true }).toSorted((a, b) => (a.name < b.name ? -1 : 1));
  return entries.flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      const isSkipped = entry.name.startsWith('.') || entry.name === 'node_modules';
      return recursive && !isSkipped ? listFolder(path, recursive) : [];
    }
    const isManifest = extensions.some((extension) => entry.name.endsWith(extension));
    return isManifest && (entry.isFile() || (entry.isSymbolicLink() && statSync(path).isFile())) ? [path] : [];
  });
}

function pathOf(error: unknown): string | undefined {
  return error instanceof Error && 'path' in error ? String(error.path) : undefined;
}
