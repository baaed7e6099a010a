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
  // loaded only now: what needs no cluster starts without it
  const [{ loadKubeConfig }, { createKubeApi }] = await Promise.all([
    import('../kube/kube-config.ts'),
    import('../kube/api.ts'),
  ]);
  try {
    return createKubeApi(loadKubeConfig(flags.kubeconfig));
  } catch (error) {
    throw new UsageError(`--kubeconfig: ${error instanceof Error ? error.message : String(error)}`);
  }
}
