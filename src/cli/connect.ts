import type { KubeApi } from '../kube/api.ts';
import { UsageError } from './command.ts';

/**
 * Connects to the API server of the cluster.
 *
 * @param whoNeeds begins the message when there is none: `--watch-profiles needs`
 */
export async function connectToCluster(
  whoNeeds: string,
  { flags, env }: { flags: { kubeconfig?: string }; env: Record<string, string | undefined> },
): Promise<KubeApi> {
  if (flags.kubeconfig === undefined && !env['KUBERNETES_SERVICE_HOST']) {
    throw new UsageError(`${whoNeeds} a cluster: outside of one give --kubeconfig`);
  }
  // loaded only now: the client library is big
  const [{ createKubeClient }, { createKubeApi }] = await Promise.all([
    import('../kube/client.ts'),
    import('../kube/api.ts'),
  ]);
  try {
    return createKubeApi((await createKubeClient(flags.kubeconfig)).config);
  } catch (error) {
    throw new UsageError(`--kubeconfig: ${error instanceof Error ? error.message : String(error)}`);
  }
}
