import { readFile } from 'node:fs/promises';
import { describeFileError } from './file-error.ts';
import type { Io } from './io.ts';

/** Reads a whole file; standard input for `-`. */
export async function readText(file: string, io: Io): Promise<{ text: string } | { error: string }> {
  try {
    if (file !== '-') return { text: await readFile(file, 'utf8') };
    const chunks: Buffer[] = [];
    for await (const chunk of io.stdin) chunks.push(Buffer.from(chunk));
    return { text: Buffer.concat(chunks).toString('utf8') };
  } catch (error) {
    return { error: describeFileError(file, error) };
  }
}
