import { type Command, Option } from 'commander';
import type { CommandContext } from './command.ts';
import type { CompareFlags } from './profiles-compare.ts';

/** Declares `permafrost profiles` and its commands. */
export function addProfilesCommand(program: Command, { io, run }: CommandContext): void {
  const profiles = program
    .command('profiles')
    .summary('list, show, check, write and compare image profiles')
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
    .description(
      'Check files with profiles: schema, sources of each path, order, profiles that hold for the same images; in a folder also ' +
        'that files are named after what is in them. Exits with 1 when something is wrong.',
    )
    .argument('<FILE|DIR...>', 'profiles; of a folder its *.yaml and *.yml')
    .action((paths: string[]) => run(async () => (await import('./profiles-lint.ts')).lintProfiles(paths, io)));

  profiles
    .command('new')
    .description('Write a profile to fill in.')
    .argument('<IMAGE>', 'as a container names it; tag and digest are left out')
    .option('--folder <path>', 'write a new file there, instead of to standard output')
    .action((image: string, flags: { folder?: string }) =>
      run(async () => (await import('./profiles-new.ts')).newProfile(image, flags, io)),
    );

  profiles
    .command('compare')
    .description(
      'Compare with manifests whose containers run read-only already: takes readOnlyRootFilesystem and the emptyDirs out, hardens, ' +
        'and shows of each image which mount paths are found, missing and extra.',
    )
    .argument('<FILE|DIR|-...>', 'manifests, such as those of helm template; - is standard input')
    .option('-R, --recursive', 'read folders with all folders below them')
    .addOption(new Option('-o, --output <format>', 'of what is printed').choices(['table', 'json']).default('table'))
    .addOption(ownProfiles())
    .option('--policy <file>', "the administrator's Policy, for its registry mirrors")
    .action((inputs: string[], flags: CompareFlags) =>
      run(async () => (await import('./profiles-compare.ts')).compareProfiles(inputs, flags, io)),
    );

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
  permafrost profiles lint my-profiles/
  permafrost profiles new quay.io/team/app --folder my-profiles
  helm template web ./chart | permafrost profiles compare -`;
