/** Permafrost itself in the cluster: what is done to it, and waiting until it is well again. */
import { call, eventually, kubectl, type LivePod, listPods, permafrostNamespace, root, tryKubectl } from './cluster.ts';

const inNamespace = ['--namespace', permafrostNamespace];
const selector = 'app.kubernetes.io/name=permafrost';

/** @param all also those that are stopping */
export async function replicas(all = false): Promise<LivePod[]> {
  if (!all) return listPods(permafrostNamespace, selector);
  const path = `/api/v1/namespaces/${permafrostNamespace}/pods?labelSelector=${encodeURIComponent(selector)}`;
  return (await call<{ items: LivePod[] }>('GET', path)).items;
}

/** Waits until all replicas are the wanted ones and ready. */
export async function rolledOut(): Promise<void> {
  await kubectl([...inNamespace, 'rollout', 'status', 'deployment/permafrost', '--timeout=4m']);
}

export async function restart(): Promise<void> {
  await kubectl([...inNamespace, 'rollout', 'restart', 'deployment/permafrost']);
  await rolledOut();
}

export async function setImage(image: string): Promise<void> {
  await kubectl([...inNamespace, 'set', 'image', 'deployment/permafrost', `permafrost=${image}`]);
  await rolledOut();
}

export async function scale(count: number): Promise<void> {
  await kubectl([...inNamespace, 'scale', 'deployment/permafrost', `--replicas=${count}`]);
  await eventually(`${count} replicas`, async () => (await replicas(true)).length === count || undefined, 90_000);
  await rolledOut();
}

/** Gives Permafrost other flags; those that it has already are replaced. @returns what undoes it */
export async function setFlags(wanted: Record<string, string>): Promise<() => Promise<void>> {
  const path = `/apis/apps/v1/namespaces/${permafrostNamespace}/deployments/permafrost`;
  const { spec } = await call<{ spec: { template: { spec: { containers: { args: string[] }[] } } } }>('GET', path);
  const before = spec.template.spec.containers[0]?.args ?? [];
  const kept = before.filter((argument) => !((argument.split('=')[0] ?? '') in wanted));
  await setArguments([...kept, ...Object.entries(wanted).map(([flag, value]) => `${flag}=${value}`)]);
  return () => setArguments(before);
}

async function setArguments(args: string[]): Promise<void> {
  const patch = JSON.stringify([{ op: 'replace', path: '/spec/template/spec/containers/0/args', value: args }]);
  await kubectl([...inNamespace, 'patch', 'deployment/permafrost', '--type=json', '--patch', patch]);
  await rolledOut();
  // those with the other flags still answer, and look after certificates, until they have stopped
  await eventually(
    'the replicas of before to be gone',
    async () => (await replicas(true)).length === (await replicas()).length || undefined,
  );
}

export async function applyOverlay(folder: string): Promise<void> {
  await kubectl(['apply', '--kustomize', `${root}/${folder}`]);
}

export async function deleteOverlay(folder: string): Promise<void> {
  await kubectl(['delete', '--ignore-not-found', '--kustomize', `${root}/${folder}`]);
}

export interface WebhookConfiguration {
  metadata: { resourceVersion: string };
  webhooks: { name: string; clientConfig: { caBundle?: string }; failurePolicy: string }[];
}

export const configurationPath = '/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations/permafrost';

export function readConfiguration(): Promise<WebhookConfiguration> {
  return call<WebhookConfiguration>('GET', configurationPath);
}

/** What all replicas have logged. */
export async function logs(): Promise<string> {
  const { stdout } = await tryKubectl(['logs', ...inNamespace, '--selector', selector, '--tail=-1', '--prefix']);
  return stdout;
}
