import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { request } from 'node:https';

export interface Answer {
  milliseconds: number;
  response: { allowed: boolean; patch?: string; warnings?: string[] };
}

/** An AdmissionReview as an API server sends it when a pod is created. */
export function reviewOf(pod: { metadata: { name: string } }): object {
  return {
    kind: 'AdmissionReview',
    apiVersion: 'admission.k8s.io/v1',
    request: {
      uid: randomUUID(),
      kind: { group: '', version: 'v1', kind: 'Pod' },
      resource: { group: '', version: 'v1', resource: 'pods' },
      name: pod.metadata.name,
      namespace: 'frozen',
      operation: 'CREATE',
      userInfo: { username: 'kubernetes-admin', groups: ['system:authenticated'] },
      object: pod,
      oldObject: null,
      dryRun: false,
    },
  };
}

/** Sends it over HTTPS, and believes only a server whose certificate the CA signed. */
export function sendReview({ url, caFile }: { url: string; caFile: string }, review: object): Promise<Answer> {
  const started = performance.now();
  const headers = { 'content-type': 'application/json' };
  return new Promise((resolve, reject) => {
    const outgoing = request(
      `${url}/mutate/enforce`,
      { method: 'POST', ca: readFileSync(caFile), headers },
      (incoming) => {
        let text = '';
        incoming.setEncoding('utf8');
        incoming.on('data', (chunk) => {
          text += chunk;
        });
        incoming.on('error', reject);
        incoming.on('end', () => {
          const milliseconds = Math.round(performance.now() - started);
          if (incoming.statusCode === 200) resolve({ milliseconds, response: JSON.parse(text).response });
          else reject(new Error(`the webhook answered with ${incoming.statusCode}: ${text}`));
        });
      },
    );
    outgoing.on('error', reject);
    outgoing.end(JSON.stringify(review));
  });
}
