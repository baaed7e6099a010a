import { UsageError } from '../command.ts';
import type { HardenFlags } from '../harden-command.ts';

/** Refuses options that contradict each other. */
export function checkFlags(inputs: readonly string[], flags: HardenFlags, isTerminal: boolean): void {
  const { inPlace, output, check, diff } = flags;
  const readsStdin = inputs.length === 0 || inputs.includes('-');
  if (inPlace && readsStdin)
    throw new UsageError('--in-place needs files or folders; standard input has no place to write to');
  if (inPlace && output) throw new UsageError('--in-place keeps the format of each file; leave out --output');
  if (inPlace && check) throw new UsageError('--check writes nothing, --in-place does; choose one of them');
  if (diff && output) throw new UsageError('--diff compares the input as it is; leave out --output');
  if (check && output) throw new UsageError('--check writes no manifests; leave out --output');
  if (inputs.length === 0 && isTerminal) {
    throw new UsageError(
      'nothing to read: name files or folders, or pipe manifests in (permafrost harden --help has examples)',
    );
  }
}
