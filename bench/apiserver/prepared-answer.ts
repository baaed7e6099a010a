/** What Permafrost answers for the pod, prepared: what a webhook costs that has nothing to think about. */
import { post } from '../load/post.ts';
import type { Random } from '../measure/random.ts';
import { type PodObject, reviewOf } from '../workloads/review.ts';
import type { Workspace } from '../workspace.ts';

/**
 * Asks for it as the API server would.
 *
 * @param pod as the API server would send it
 * @returns a file with the whole response, but for the uid: warnings and audit annotations cost the API server, too
 */
export async function prepareAnswer(url: string, pod: PodObject, random: Random, space: Workspace): Promise<string> {
  const { text } = await post(url, JSON.stringify(reviewOf(pod, random)), space.tls.ca);
  const { uid: _, ...response } = JSON.parse(text).response;
  if (typeof response.patch !== 'string') throw new Error(`Permafrost does not patch the pod: ${text}`);
  return space.write('constant-patch.json', JSON.stringify(response));
}
