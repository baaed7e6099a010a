#!/usr/bin/env node
/** `make bench`: measures Permafrost side by side with its ceiling and its peers. */
import type { Field } from './apiserver/field.ts';
import type { BenchContext, Section, SectionName } from './context.ts';
import { sectionNames } from './context.ts';
import { createRandom } from './measure/random.ts';
import { readOptions } from './options.ts';
import { writeChart } from './report/chart.ts';
import type { Figure } from './report/figure.ts';
import { writeJson } from './report/json.ts';
import { describeMachine } from './report/machine.ts';
import { writeResults } from './report/markdown.ts';
import { createProgress } from './report/progress.ts';
import { reportOf } from './report/text.ts';
import { bundlePermafrost } from './servers/permafrost.ts';
import { createWorkspace } from './workspace.ts';

const sections: Record<SectionName, () => Promise<Section>> = {
  server: async () => (await import('./sections/server.ts')).measureServer,
  apiserver: async () => (await import('./sections/apiserver.ts')).measureApiServer,
  memory: async () => (await import('./sections/memory.ts')).measureMemory,
  growth: async () => (await import('./sections/growth.ts')).measureGrowth,
  cli: async () => (await import('./sections/cli.ts')).measureCli,
};

const { only, smoke, peers, seed, json, chart, page } = readOptions(process.argv);
const started = performance.now();
const date = new Date().toISOString();
const progress = createProgress(process.stderr);
const versions = describeMachine();
const space = await createWorkspace();
const figures: Figure[] = [];
const notes: string[] = [];
let field: Promise<Field> | undefined;
try {
  const permafrost = await bundlePermafrost(space);
  for (const name of only) {
    progress.step(`== ${name}`);
    const section = await sections[name]();
    // a section draws the same numbers whether it runs alone or after others
    const random = createRandom(seed + sectionNames.indexOf(name));
    const context: BenchContext = {
      smoke,
      peers: peers && !smoke,
      random,
      space,
      progress,
      permafrost,
      versions,
      field() {
        field ??= import('./apiserver/field.ts').then(({ startField }) => startField(context));
        return field;
      },
    };
    const result = await section(context);
    // so few samples say nothing about a goal
    figures.push(...(smoke ? result.figures.map(({ goals: _, ...figure }) => figure) : result.figures));
    notes.push(...(result.notes ?? []));
  }
  await field?.then((started) => started.stop());
  space.remove();
  progress.step('done');
} catch (error) {
  await field?.then((started) => started.stop()).catch(() => {}); // why it did not start is what is thrown here
  progress.step(`failed; what the programs said is in ${space.folder}`);
  process.stderr.write(`error: ${error instanceof Error ? error.stack : error}\n`);
  process.exit(1);
}
const seconds = Math.round((performance.now() - started) / 1000);
const run = { date, seed, seconds, versions, notes, figures };
process.stdout.write(reportOf(run));
if (json !== undefined) writeJson(json, run);
if (chart !== undefined) writeChart(chart, figures);
if (page !== undefined) writeResults(page, run);
