import type { Io } from './io.ts';

export async function listProfiles(_flags: unknown, _io: Io): Promise<number> {
  return 2;
}
