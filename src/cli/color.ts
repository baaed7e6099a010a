import pico from 'picocolors';
import type { Io } from './io.ts';

export type ColorChoice = 'auto' | 'always' | 'never';
export type Colors = ReturnType<typeof pico.createColors>;

/** Colours for one stream: https://no-color.org, https://force-color.org; on a terminal by default. */
export function colorsFor(stream: { isTTY?: boolean }, env: Io['env'], choice: ColorChoice): Colors {
  return pico.createColors(choice === 'always' || (choice === 'auto' && wantsColor(stream, env)));
}

function wantsColor(stream: { isTTY?: boolean }, env: Io['env']): boolean {
  const force = env['FORCE_COLOR'];
  if (force !== undefined && force !== '') return force !== '0' && force !== 'false';
  if (env['NO_COLOR'] || env['TERM'] === 'dumb') return false;
  return stream.isTTY === true;
}
