/** A second mutating webhook: puts one container into every pod of an enforce namespace that does not have it. */
import { once } from 'node:events';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { createSelfSigned } from '../../../src/tls/self-signed.ts';
import { acceptPod, call, createNamespace, eventually } from './cluster.ts';
import { podOf } from './pods.ts';

export interface SidecarInjector {
  /** Ends it and takes its configuration out of the API server. */
  remove(): Promise<void>;
}

const configurations = '/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations';

/** @param name of the configuration: the API server calls webhooks in the order of these names */
export async function startSidecarInjector(
  name: string,
  container: { name: string; image: string; [field: string]: unknown },
): Promise<SidecarInjector> {
  const { ca, cert, key } = await createSelfSigned([], new Date());
  const server = createServer({ cert, key }, async (incoming, response) => {
    const { request } = (await json(incoming)) as {
      request: { uid: string; object: { spec: { containers: { name: string }[] } } };
    };
    const isThere = request.object.spec.containers.some((present) => present.name === container.name);
    const patch = isThere ? [] : [{ op: 'add', path: '/spec/containers/-', value: container }];
    const answer = {
      uid: request.uid,
      allowed: true,
      ...(!isThere && { patchType: 'JSONPatch', patch: Buffer.from(JSON.stringify(patch)).toString('base64') }),
    };
    response.setHeader('Content-Type', 'application/json');
    response.end(JSON.stringify({ apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', response: answer }));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');

  await call('POST', configurations, {
    metadata: { name },
    webhooks: [
      {
        name: 'sidecars.example.com',
        clientConfig: {
          url: `https://127.0.0.1:${(server.address() as AddressInfo).port}/`,
          caBundle: Buffer.from(ca).toString('base64'),
        },
        namespaceSelector: { matchLabels: { 'permafrost.dev/mode': 'enforce' } },
        rules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'] }],
        sideEffects: 'None',
        admissionReviewVersions: ['v1'],
      },
    ],
  });
  const namespace = await createNamespace('enforce');
  const isInjected = async () => {
    const { pod } = await acceptPod(namespace, podOf(), '?dryRun=All');
    return pod.spec.containers?.some((present) => present.name === container.name) ?? false;
  };
  await eventually('the API server to call the injector', async () => (await isInjected()) || undefined);
  return {
    async remove() {
      await call('DELETE', `${configurations}/${name}`);
      await eventually('the API server to forget the injector', async () => !(await isInjected()) || undefined);
      server.closeAllConnections();
      await once(server.close(), 'close');
    },
  };
}
