/** A day of a large cluster in fast motion, through the whole server: what piles up shows. */
import { stringify } from 'yaml';
import type { BenchContext, SectionResult } from '../context.ts';
import { load } from '../load/wrk.ts';
import { fitLine } from '../measure/statistics.ts';
import { residentMegabytes } from '../processes/usage.ts';
import { permafrostServer } from '../servers/permafrost.ts';
import { startServer } from '../servers/server.ts';
import { everydayPod } from '../workloads/pods.ts';
import { reviewOf } from '../workloads/review.ts';
import { generatePolicy } from './generate.ts';

/**
 * 150,000 pods, the most that Kubernetes is made for on 5,000 nodes (https://kubernetes.io/docs/setup/best-practices/cluster-large/),
 * each made anew nearly three times a day: five pods a second, day and night.
 */
const reviewsOfADay = 5 * 24 * 60 * 60;

export async function measureDay(context: BenchContext): Promise<SectionResult> {
  const { space, random, smoke, permafrost, progress } = context;
  const pods = Array.from({ length: smoke ? 100 : 3_000 }, () => JSON.stringify(reviewOf(everydayPod(random), random)));
  const bodies = space.write('day.json', `${pods.join('\n')}\n`);
  const policy = space.write('day-policy.yaml', policyText(100));
  const server = await startServer(permafrostServer(permafrost, space, ['--policy', policy]), space);
  const samples: (readonly [reviews: number, megabytes: number])[] = [];
  try {
    const deadline = performance.now() + (smoke ? 3_000 : 75_000);
    let sent = 0;
    while (sent < reviewsOfADay && performance.now() < deadline) {
      const { requests, errors } = await load({ url: server.url, bodies }, 32, smoke ? 1 : 3);
      if (errors > 0) throw new Error(`a day in fast motion: ${errors} errors`);
      sent += requests;
      samples.push([sent, residentMegabytes(server.pid)]);
    }
  } finally {
    await server.stop();
  }
  const [sent] = samples.at(-1) ?? [0];
  const hours = (24 * sent) / reviewsOfADay;
  const later = samples.slice(Math.floor(samples.length / 2));
  const slope = later.length > 1 ? fitLine(later).slope * 1e6 : Number.NaN;
  progress.step(`growth: ${sent} reviews, ${hours.toFixed(1)} hours of a cluster of 5,000 nodes`);
  const quarter = Math.max(1, Math.floor(samples.length / 4));
  const megabytes = (part: typeof samples) => part.map(([, resident]) => resident);
  return {
    figures: [
      {
        section: 'growth',
        setting: 'a day of 5,000 nodes',
        measure: 'resident memory',
        unit: 'MB',
        better: 'lower',
        reference: 'first quarter',
        series: [
          { candidate: 'first quarter', samples: megabytes(samples.slice(0, quarter)) },
          { candidate: 'last quarter', samples: megabytes(samples.slice(-quarter)) },
        ],
        goals: [{ candidate: 'last quarter', against: 'first quarter', atMost: 1.1 }],
      },
    ],
    notes: [
      `a day in fast motion: ${sent.toLocaleString('en-US')} reviews, ${hours.toFixed(1)} hours of a cluster of 5,000 nodes with five new ` +
        `pods a second; in the second half resident memory changed by ${slope.toFixed(1)} MB per million reviews`,
    ],
  };
}

function policyText(exemptions: number): string {
  const spec = { exemptions: generatePolicy(exemptions).exemptions.list };
  return stringify({ apiVersion: 'permafrost.dev/v1alpha1', kind: 'Policy', spec });
}
