import { Command, CommanderError } from 'commander';
import { version } from '../version.ts';
import { type CommandContext, UsageError } from './command.ts';
import { addCopyContentCommand } from './copy-content-command.ts';
import { addHardenCommand } from './harden-command.ts';
import { exitCode, type Io } from './io.ts';
import { addPolicyCommand } from './policy-command.ts';
import { addProfilesCommand } from './profiles-command.ts';
import { addServeCommand } from './serve-command.ts';
import { addWebhookConfigCommand } from './webhook-config-command.ts';

/**
 * Runs one command line.
 *
 * @param argv without the program's own name
 * @returns the exit code
 */
export async function main(argv: readonly string[], io: Io): Promise<number> {
  let code: number = exitCode.ok;
  const context: CommandContext = {
    io,
    async run(work) {
      code = await work();
    },
  };
  try {
    await createProgram(context).parseAsync([...argv], { from: 'user' });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCode.ok : exitCode.error;
    if (!(error instanceof UsageError)) throw error;
    io.stderr.write(`error: ${error.message}\n`);
    return exitCode.error;
  }
}

function createProgram(context: CommandContext): Command {
  const { io } = context;
  const program = new Command('permafrost')
    .description('Makes Kubernetes containers immutable at run time without breaking them.')
    .version(version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print help')
    .helpCommand('help [COMMAND]', 'print help for a command')
    .configureOutput({
      writeOut: (text) => io.stdout.write(text),
      writeErr: (text) => io.stderr.write(text),
      getOutHelpWidth: () => io.stdout.columns ?? 80,
      getErrHelpWidth: () => io.stderr.columns ?? 80,
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    })
    .exitOverride()
    .addHelpText('after', examples);
  addHardenCommand(program, context);
  addPolicyCommand(program, context);
  addProfilesCommand(program, context);
  addServeCommand(program, context);
  addWebhookConfigCommand(program, context);
  addCopyContentCommand(program, context);
  for (const command of program.commands) command.showHelpAfterError(`(permafrost ${command.name()} --help says more)`);
  return program.showHelpAfterError('(permafrost --help says more)');
}

const examples = `
Examples:
  Harden a manifest on its way to the cluster:
    permafrost harden deployment.yaml | kubectl apply -f -
  See what would change:
    permafrost harden --diff -R manifests/
  Which paths may an image write, and why:
    permafrost profiles show nginx:1.27`;
