/** The server alone: what HTTPS and JSON cost on Node, what express adds, what Permafrost adds. */
import type { BenchContext, SectionResult } from '../context.ts';
import type { Figure } from '../report/figure.ts';
import { permafrostServer } from '../servers/permafrost.ts';
import { bareServer, expressServer, startServer } from '../servers/server.ts';
import { largePod, nginxPod } from '../workloads/pods.ts';
import { reviewOf } from '../workloads/review.ts';
import { checkReview } from './check-review.ts';
import { measureLoad } from './measure-load.ts';

const connections = 32;

export async function measureServer(context: BenchContext): Promise<SectionResult> {
  const { space, random, smoke, permafrost, progress } = context;
  const reviews = [
    { size: '2 KB', pod: nginxPod(random), goals: [{ candidate: 'Permafrost', against: 'bare Node', atLeast: 0.6 }] },
    { size: '200 KB', pod: largePod(random, 100), goals: [] },
  ].map((review) => {
    const body = JSON.stringify(reviewOf(review.pod, random));
    return { ...review, body, file: space.write(`review-${review.size.replace(' ', '-')}.json`, `${body}\n`) };
  });
  progress.step(`server: reviews of ${reviews.map(({ body }) => `${body.length} bytes`).join(' and ')}`);

  const servers = await Promise.all(
    [bareServer(space), expressServer(space), permafrostServer(permafrost, space)].map((command) =>
      startServer(command, space),
    ),
  );
  const figures: Figure[] = [];
  try {
    for (const { size, body, file, goals } of reviews) {
      for (const server of servers) {
        const expected = server.name === 'Permafrost' ? 'hardened' : 'untouched';
        await checkReview(server, body, space.tls.ca, expected);
      }
      const measured = await measureLoad(
        {
          section: 'server',
          setting: `${size} review, ${connections} connections`,
          measure: 'reviews',
          candidates: servers.map(({ name, url, pid }) => ({ name, pid, target: { url, bodies: file } })),
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
