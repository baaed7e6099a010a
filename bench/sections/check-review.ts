/** Asks a webhook once, and looks at its answer: what is wrong must not be measured. */
import jsonPatch from 'fast-json-patch';
import { post } from '../load/post.ts';

interface Answer {
  response?: { uid?: string; allowed?: boolean; patch?: string };
}

/**
 * @param ca of the server's certificate; any is accepted without it
 * @param expected whether the answer must make every container's root read-only, or leave the pod as it is
 */
export async function checkReview(
  { name, url }: { name: string; url: string },
  body: string,
  ca: string | undefined,
  expected: 'hardened' | 'untouched',
): Promise<void> {
  const { status, text } = await post(url, body, ca);
  const wrong = (what: string) => new Error(`${name} ${what}; it answered ${status}: ${text.slice(0, 500)}`);
  if (status !== 200) throw wrong('fails');
  const { request: asked } = JSON.parse(body);
  const { response } = JSON.parse(text) as Answer;
  if (response?.uid !== asked.uid || !response?.allowed) throw wrong('does not allow the pod');
  const patch = Buffer.from(response.patch ?? '', 'base64').toString('utf8');
  if (expected === 'untouched') {
    if (patch !== '') throw wrong('changes the pod');
    return;
  }
  const pod = patch === '' ? asked.object : jsonPatch.applyPatch(asked.object, JSON.parse(patch)).newDocument;
  for (const { name: container, securityContext } of pod.spec.containers) {
    const { readOnlyRootFilesystem, privileged } = securityContext ?? {};
    if (readOnlyRootFilesystem !== true || privileged === true) throw wrong(`leaves the container ${container} soft`);
  }
}
