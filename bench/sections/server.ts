/** The server alone: what HTTPS and JSON cost on Node, what express adds, what Permafrost adds. */
import type { BenchContext, SectionResult } from '../context.ts';
import type { Figure } from '../report/figure.ts';
import { permafrostServer } from '../servers/permafrost.ts';
import { bareServer, expressServer, startServer } from '../servers/server.ts';
import { largePod, nginxPod } from '../workloads/pods.ts';
import { type PodObject, reviewOf } from '../workloads/review.ts';
import { templatesOf } from '../workloads/templates.ts';
import { checkReview } from './check-review.ts';
import { measureLoad } from './measure-load.ts';
import { withNewPods } from './new-pods.ts';

const connections = 32;

export async function measureServer(context: BenchContext): Promise<SectionResult> {
  const { space, random, smoke, permafrost, progress } = context;
  const reviews = [
    {
      size: '2 KB',
      pod: nginxPod(random),
      templates: 1000,
      goals: [{ candidate: 'Permafrost', against: 'bare Node', atLeast: 0.6 }],
    },
    { size: '200 KB', pod: largePod(random, 100), templates: 40, goals: [] },
  ].map(({ size, pod, templates, goals }) => {
    const write = (name: string, pods: PodObject[]) => {
      const bodies = pods.map((each) => JSON.stringify(reviewOf(each, random)));
      return {
        body: bodies[0] ?? '',
        file: space.write(`${name}-${size.replace(' ', '-')}.json`, `${bodies.join('\n')}\n`),
      };
    };
    return { size, goals, known: write('review', [pod]), fresh: write('reviews', templatesOf(pod, random, templates)) };
  });
  progress.step(`server: reviews of ${reviews.map(({ known }) => `${known.body.length} bytes`).join(' and ')}`);

  const servers = await Promise.all(
    [bareServer(space), expressServer(space), permafrostServer(permafrost, space)].map((command) =>
      startServer(command, space),
    ),
  );
  const figures: Figure[] = [];
  try {
    for (const { size, known, fresh, goals } of reviews) {
      for (const server of servers) {
        const expected = server.name === 'Permafrost' ? 'hardened' : 'untouched';
        for (const { body } of [known, fresh]) await checkReview(server, body, space.tls.ca, expected);
      }
      const candidates = servers.map(({ name, url, pid }) => ({ name, pid, target: { url, bodies: known.file } }));
      const measured = await measureLoad(
        {
          section: 'server',
          setting: `${size} review, ${connections} connections`,
          measure: 'reviews',
          candidates: withNewPods(candidates, fresh.file),
          reference: 'bare Node',
          connections,
          rounds: smoke ? 1 : 7,
          seconds: smoke ? 1 : 2,
          warmUpSeconds: smoke ? 1 : 2,
          goals,
        },
        context,
      );
      figures.push(...measured);
    }
  } finally {
    await Promise.all(servers.map((server) => server.stop()));
  }
  return { figures };
}
