/** Rounds of load over several candidates, as figures. */
import type { BenchContext } from '../context.ts';
import { type LoadResult, load, type Target } from '../load/wrk.ts';
import { interleave } from '../measure/rounds.ts';
import { cpuSeconds } from '../processes/usage.ts';
import type { Figure, Goal } from '../report/figure.ts';

export interface LoadCandidate {
  name: string;
  target: Target;
  /** Of its own process, if it has one. */
  pid?: number;
}

export interface LoadSetting {
  section: string;
  setting: string;
  /** What is sent, such as `reviews`. */
  measure: string;
  candidates: readonly LoadCandidate[];
  /** The name of the candidate that the others are held against. */
  reference: string;
  connections: number;
  rounds: number;
  /** Of each round. */
  seconds: number;
  /** Of load before the first round: programs that compile while they run need some hundreds of reviews. */
  warmUpSeconds: number;
  goals?: Goal[];
  /** A process that works for all candidates: what it takes counts too. */
  server?: { name: string; pid: number };
  /** Called around each round of a candidate. */
  around?: (candidate: LoadCandidate, round: () => Promise<void>) => Promise<void>;
}

interface Round extends LoadResult {
  /** Of the candidate's own process. */
  cpuSeconds: number;
  /** With the server that works for all. */
  cpuSecondsInAll: number;
}

/** Sends to each candidate in each round; errors, and answers that change their size, end the benchmark. */
export async function measureLoad(setting: LoadSetting, { random, progress }: BenchContext): Promise<Figure[]> {
  const { candidates, rounds, connections, seconds, warmUpSeconds, server, around = (_, round) => round() } = setting;
  const results = new Map<string, Round[]>(candidates.map(({ name }) => [name, []]));
  for (const candidate of candidates) {
    await around(candidate, async () => void (await load(candidate.target, connections, warmUpSeconds)));
  }
  await interleave(candidates, rounds, random, (candidate, round) =>
    around(candidate, async () => {
      const { name, target, pid } = candidate;
      const own = () => (pid === undefined ? 0 : cpuSeconds(pid));
      const shared = () => (server ? cpuSeconds(server.pid) : 0);
      const [ownBefore, sharedBefore] = [own(), shared()];
      const result = await loadUntilAnswered(target, connections, seconds);
      if (result.errors > 0) throw new Error(`${setting.setting}: ${result.errors} errors from ${name}`);
      const known = results.get(name) ?? [];
      const cpu = own() - ownBefore;
      known.push({ ...result, cpuSeconds: cpu, cpuSecondsInAll: cpu + shared() - sharedBefore });
      checkSize(name, known[0] ?? result, result, connections);
      progress.step(`${setting.setting}, round ${round + 1}/${rounds}: ${name} ${Math.round(result.perSecond)}/s`);
    }),
  );
  return figuresOf(setting, results);
}

/** Tries again, for longer, when not one request was answered. */
async function loadUntilAnswered(target: Target, connections: number, seconds: number): Promise<LoadResult> {
  for (const factor of [1, 2, 4, 8]) {
    const result = await load(target, connections, seconds * factor);
    if (result.requests > 0) return result;
  }
  throw new Error(`no request to ${target.url} was answered in ${8 * seconds} s`);
}

/** Answers that are on their way at the end count with their bytes only, one for each connection at most. */
function checkSize(
  name: string,
  first: LoadResult,
  { requests, bytesPerAnswer }: LoadResult,
  connections: number,
): void {
  const slack = 0.05 + connections / requests + connections / first.requests;
  if (Math.abs(bytesPerAnswer / first.bytesPerAnswer - 1) <= slack) return;
  const [before, now] = [first.bytesPerAnswer, bytesPerAnswer].map(Math.round);
  throw new Error(`the answers of ${name} changed from ${before} to ${now} bytes`);
}

function figuresOf(setting: LoadSetting, results: ReadonlyMap<string, Round[]>): Figure[] {
  const { section, setting: title, measure, reference, goals, candidates, server } = setting;
  const figure = (
    name: string,
    unit: string,
    better: Figure['better'],
    value: (round: Round) => number,
    names = candidates.map((candidate) => candidate.name),
  ): Figure => ({
    section,
    setting: title,
    measure: name,
    unit,
    better,
    reference: names.includes(reference) ? reference : (names[0] ?? reference),
    series: names.map((candidate) => ({ candidate, samples: (results.get(candidate) ?? []).map(value) })),
  });
  const perThousand = (seconds: (round: Round) => number) => (round: Round) => (seconds(round) / round.requests) * 1000;
  const processes = candidates.filter(({ pid }) => pid !== undefined).map(({ name }) => name);
  const own = perThousand((round) => round.cpuSeconds);
  const inAll = perThousand((round) => round.cpuSecondsInAll);
  return [
    { ...figure(measure, '/s', 'higher', ({ perSecond }) => perSecond), ...(goals && { goals }) },
    figure('p50', 'ms', 'lower', ({ p50 }) => p50),
    figure('p99', 'ms', 'lower', ({ p99 }) => p99),
    ...(processes.length > 0 ? [figure('CPU of the webhook', 's/1,000', 'lower', own, processes)] : []),
    ...(server ? [figure(`CPU with the ${server.name}`, 's/1,000', 'lower', inAll)] : []),
  ];
}
