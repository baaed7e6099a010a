import { type Command, Option } from 'commander';
import type { CommandContext } from './command.ts';

/** Declares `permafrost policy` and its two commands. */
export function addPolicyCommand(program: Command, { io, run }: CommandContext): void {
  const policy = program
    .command('policy')
    .summary("check and show the administrator's policy")
    .description('A Policy says what happens to unknown images, how big volumes get, and who is exempted from what.')
    .addHelpText('after', examples);

  policy
    .command('lint')
    .description(
      'Check policies. Errors, and warnings of exemptions that ended or end within 30 days and of mirrors that hide each ' +
        'other, go to standard error, a line each. Exits with 1 when there is an error.',
    )
    .argument('<FILE...>', 'policies; - is standard input')
    .option('--strict', 'exit with 1 for a warning, too')
    .action((files: string[], flags: { strict?: boolean }) =>
      run(async () => (await import('./policy-lint.ts')).lintPolicies(files, flags, io)),
    );

  policy
    .command('show')
    .description('Print the policy that holds, with all defaults; without a file, that of somebody who set nothing.')
    .argument('[FILE]', 'a policy; - is standard input')
    .addOption(new Option('-o, --output <format>', 'of what is printed').choices(['yaml', 'json']).default('yaml'))
    .action((file: string | undefined, flags: { output: 'yaml' | 'json' }) =>
      run(async () => (await import('./policy-show.ts')).showPolicy(file, flags, io)),
    );

  for (const command of policy.commands) {
    command.showHelpAfterError(`(permafrost policy ${command.name()} --help says more)`);
  }
}

const examples = `
Examples:
  permafrost policy lint policy.yaml
  permafrost policy show policy.yaml
  What the cluster uses:
    kubectl -n permafrost-system get configmap permafrost-policy -o 'jsonpath={.data.policy\\.yaml}' | permafrost policy lint -`;
