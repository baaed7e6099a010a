import type { Io } from './io.ts';

export async function showProfile(_image: string, _flags: unknown, _io: Io): Promise<number> {
  return 2;
}
