import type { Command } from 'commander';
import type { CommandContext } from './command.ts';

/** Declares `permafrost copy-content`, which only the init containers of hardened pods call. */
export function addCopyContentCommand(program: Command, { io, run }: CommandContext): void {
  program
    .command('copy-content', { hidden: true })
    .summary("fill volumes with an image's content")
    .description(
      'Copy folders of an image that is mounted as a volume into volumes, with links, owners, modes and times. The init ' +
        'container of a pod whose image has no shell calls this (policy contentCopy.withoutShell: image-volume). What is there already stays.',
    )
    .argument('<PATH...>', 'pairs of a folder and the volume that gets its content, in its folder "content"')
    .addHelpText('after', '\nExample:\n  permafrost copy-content /permafrost/image/etc/app /permafrost/0')
    .action((paths: string[]) => run(async () => (await import('./copy-content.ts')).copyContent(paths, io)));
}
