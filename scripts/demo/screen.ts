import type { WriteStream } from 'node:tty';
import { structuredPatch } from 'diff';
import { stringify } from 'yaml';
import { colorsFor } from '../../src/cli/color.ts';

/** Writes the story of the demo. */
export function createScreen(stream: WriteStream, env: Record<string, string | undefined>) {
  const paint = colorsFor(stream, env, 'auto');
  const write = (text: string): void => void stream.write(`${text}\n`);
  return {
    title: (name: string, text: string) => write(`\n${paint.bold(paint.cyan(`❄ ${name}`))}  ${text}\n`),
    step: (text: string) => write(`${paint.cyan('▸')} ${text}`),
    done: (text: string) => write(`${paint.green('✓')} ${text}`),
    note: (text: string) => write(`${paint.yellow('!')} ${text}`),
    failure: (text: string) => write(`${paint.red('✗')} ${text}`),
    heading: (text: string) => write(`\n${paint.bold(text)}`),
    warning: (text: string) => write(`  ${paint.yellow('Warning:')} ${text}`),
    command: (text: string) => write(`  ${paint.dim('$')} ${paint.cyan(text)}`),
    aside: (text: string) => write(`  ${paint.dim(`# ${text}`)}`),
    bye: (text: string) => write(`\n${paint.green('✓')} ${text}`),
    /** A unified diff of two objects as YAML, in full. */
    difference(name: string, before: unknown, after: unknown) {
      const yaml = (value: unknown) => stringify(value, { lineWidth: 0 });
      const { hunks } = structuredPatch(name, name, yaml(before), yaml(after), '', '', { context: 1000 });
      write(paint.bold(`  --- ${name}`));
      write(paint.bold(`  +++ ${name}, hardened`));
      for (const line of hunks.flatMap((hunk) => hunk.lines)) {
        if (line.startsWith('+')) write(`  ${paint.green(line)}`);
        else if (line.startsWith('-')) write(`  ${paint.red(line)}`);
        else write(`  ${line}`);
      }
    },
    /** One line of the webhook's log. */
    review(line: Record<string, unknown>) {
      const time = String(line['time']).slice(11, 19);
      const name = line['name'] ?? `${line['generateName'] ?? ''}…`;
      const outcome = line['outcome'] === 'patched' ? paint.green('patched') : String(line['outcome']);
      write(
        `  ${paint.dim(time)} ${line['mode']}  ${line['namespace']}/${name}  ${outcome} ${paint.dim(`${line['duration']} ms`)}`,
      );
    },
  };
}
