/** The patch that Permafrost gives for the pod, prepared: what a webhook costs that has nothing to think about. */
import { request } from 'node:https';
import type { Workspace } from '../workspace.ts';
import type { CreatedPod } from './pod.ts';

/** Asks for it as the API server would, and writes it into a file. */
export async function preparePatch(url: string, pod: CreatedPod, space: Workspace): Promise<string> {
  const review = {
    kind: 'AdmissionReview',
    apiVersion: 'admission.k8s.io/v1',
    request: {
      uid: '705ab4f5-6393-11e8-b7cc-42010a800002',
      kind: { group: '', version: 'v1', kind: 'Pod' },
      resource: { group: '', version: 'v1', resource: 'pods' },
      namespace: 'constant-patch',
      operation: 'CREATE',
      userInfo: {},
      object: pod,
    },
  };
  const headers = { 'content-type': 'application/json' };
  const text = await new Promise<string>((resolve, reject) => {
    request(url, { method: 'POST', ca: space.tls.ca, agent: false, headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => resolve(Buffer.concat(chunks).toString('utf8')));
    })
      .on('error', reject)
      .end(JSON.stringify(review));
  });
  const { patch } = JSON.parse(text).response;
  if (typeof patch !== 'string') throw new Error(`Permafrost does not patch the pod: ${text}`);
  return space.write('constant-patch.json', Buffer.from(patch, 'base64').toString('utf8'));
}
