import { type Command, Option } from 'commander';
import type { CommandContext } from './command.ts';

/** The options of `permafrost harden`, as commander hands them over. */
export interface HardenFlags {
  recursive?: boolean;
  diff?: boolean;
  output?: 'yaml' | 'json' | 'patch';
  inPlace?: boolean;
  check?: boolean;
  quiet?: boolean;
  policy?: string;
  profiles?: string[];
  namespace?: string;
  color: 'auto' | 'always' | 'never';
}

/** Declares `permafrost harden`. */
export function addHardenCommand(program: Command, { io, run }: CommandContext): void {
  program
    .command('harden')
    .summary('harden manifests: files, folders or standard input')
    .description(
      'Hardens Pods, everything with a pod template, and Lists of them. Writes the hardened manifests to standard output ' +
        'and what was done, and why, to standard error. Comments, order, quoting and every other document stay as they are.',
    )
    .usage('[options] [FILE|DIR|-]...')
    .argument('[FILE|DIR|-...]', 'manifests in YAML or JSON; - or nothing is standard input')
    .option('-R, --recursive', 'read folders with all folders below them')
    .option('--diff', 'print a unified diff instead of the manifests')
    .addOption(
      new Option('-o, --output <format>', 'yaml, json, or patch: a JSON Patch for each document, a line each').choices([
        'yaml',
        'json',
        'patch',
      ]),
    )
    .option('-i, --in-place', 'change the files themselves: all of them, or none if one is broken')
    .option('--check', 'write nothing; list what would change and exit with 1 if anything would')
    .option('-q, --quiet', 'no table of findings')
    .option('--policy <file>', "the administrator's Policy")
    .option('--profiles <path>', 'a file or folder with profiles of your own; may be repeated', collect)
    .option('-n, --namespace <name>', 'the namespace of documents that name none')
    .addOption(
      new Option('--color <when>', 'colours; NO_COLOR and FORCE_COLOR are heeded')
        .choices(['auto', 'always', 'never'])
        .default('auto'),
    )
    .addHelpText('after', examples)
    .action((inputs: string[], flags: HardenFlags) =>
      run(async () => (await import('./harden.ts')).harden(inputs, flags, io)),
    );
}

function collect(value: string, earlier: string[] = []): string[] {
  return [...earlier, value];
}

const examples = `
Examples:
  Harden on the way to the cluster:
    permafrost harden deployment.yaml | kubectl apply -f -
    kustomize build . | permafrost harden | kubectl apply -f -
  See what would change, then change it:
    permafrost harden --diff -R manifests/
    permafrost harden --in-place -R manifests/
  In CI, fail when a manifest is not hardened:
    permafrost harden --check -R manifests/
  Patch what runs already:
    kubectl get deploy web -o json | permafrost harden -o patch

Helm: a post-renderer gets the chart on standard input. Helm 3 takes the command:
    helm install web ./chart --post-renderer permafrost --post-renderer-args harden
Kustomize and kpt: a ResourceList on standard input comes out as a ResourceList with
results; a Policy as functionConfig is used. Kustomize starts functions without
arguments, so wrap the command in a script for \`exec: path:\`:
    #!/bin/sh
    exec permafrost harden

Exit codes: 0 fine, 1 --check found something to change, 2 bad usage or bad input.`;
