import { type Command, Option } from 'commander';
import type { CommandContext } from './command.ts';

/** Declares `permafrost profiles` and its three commands. */
export function addProfilesCommand(program: Command, { io, run }: CommandContext): void {
  const profiles = program
    .command('profiles')
    .summary('list, show and check image profiles')
    .description('Image profiles say which paths an image must write.')
    .addHelpText('after', examples);

  profiles
    .command('list')
    .description('List all profiles.')
    .addOption(new Option('-o, --output <format>', 'instead of a table').choices(['json', 'yaml', 'name']))
    .addOption(ownProfiles())
    .action((flags: { output?: 'json' | 'yaml' | 'name'; profiles?: string[] }) =>
      run(async () => (await import('./profiles-list.ts')).listProfiles(flags, io)),
    );

  profiles
    .command('show')
    .description('Show the profile that an image gets, and why this one.')
    .argument('<IMAGE>', 'as a container names it: nginx, nginx:1.27, registry.example/app@sha256:…')
    .addOption(ownProfiles())
    .option('--policy <file>', "the administrator's Policy, for its registry mirrors")
    .action((image: string, flags: { profiles?: string[]; policy?: string }) =>
      run(async () => (await import('./profiles-show.ts')).showProfile(image, flags, io)),
    );

  profiles
    .command('lint')
    .description('Check files with profiles. Exits with 1 when something is wrong.')
    .argument('<FILE|DIR...>', 'profiles; of a folder its *.yaml and *.yml')
    .action((paths: string[]) => run(async () => (await import('./profiles-lint.ts')).lintProfiles(paths, io)));

  for (const command of profiles.commands) {
    command.showHelpAfterError(`(permafrost profiles ${command.name()} --help says more)`);
  }
}

function ownProfiles(): Option {
  return new Option('--profiles <path>', 'a file or folder with profiles of your own; may be repeated').argParser(
    (value: string, earlier: string[] | undefined) => [...(earlier ?? []), value],
  );
}

const examples = `
Examples:
  permafrost profiles list
  permafrost profiles show nginx:1.27-alpine
  permafrost profiles lint my-profiles/`;
