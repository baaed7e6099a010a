/** The command line of the benchmark. */
import { Command, InvalidArgumentError } from 'commander';
import { type SectionName, sectionNames } from './context.ts';

export interface BenchOptions {
  only: SectionName[];
  smoke: boolean;
  peers: boolean;
  seed: number;
  json?: string;
  chart?: string;
  page?: string;
}

/** Reads it; with --help, or when it makes no sense, it prints and ends the program. */
export function readOptions(argv: readonly string[]): BenchOptions {
  return new Command('bench')
    .description(
      'Measures Permafrost side by side with its ceiling and its peers, in one run; docs/benchmarks.md tells how.',
    )
    .option('--only <sections>', `some of ${sectionNames.join(',')}`, parseSections, [...sectionNames])
    .option('--smoke', 'in seconds, without peers: whether anything is answered at all, not how fast', false)
    .option('--no-peers', 'without Kyverno and Gatekeeper, which take long to build the first time')
    .option('--seed <number>', 'of everything that is generated, and of the order in rounds', parseSeed, 20260)
    .option('--json <file>', 'also write all samples there')
    .option('--chart <file>', 'also draw the chart there, in SVG')
    .option('--page <file>', 'also write the results into this page, between its marks')
    .parse(argv as string[])
    .opts<BenchOptions>();
}

function parseSections(text: string): SectionName[] {
  const names = text.split(',').map((name) => name.trim());
  const wrong = names.find((name) => !sectionNames.some((known) => known === name));
  if (wrong !== undefined) throw new InvalidArgumentError(`There is no section ${JSON.stringify(wrong)}.`);
  return sectionNames.filter((name) => names.includes(name));
}

function parseSeed(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('It is a whole number.');
  return Number(text);
}
