/** How to reach the API server, and as whom. */
// Its own file, not the package: that one brings a class for every kind there is, 4 MB, of which nothing is needed here
import { KubeConfig } from '@kubernetes/client-node/dist/config.js';

export type { KubeConfig };

/**
 * Reads a kubeconfig, or takes what a pod's ServiceAccount gives. Nothing is sent yet.
 *
 * @param kubeconfig a file; without it the process must run in a cluster
 * @throws when the file cannot be read or names no cluster
 */
export function loadKubeConfig(kubeconfig: string | undefined): KubeConfig {
  const config = new KubeConfig();
  if (kubeconfig === undefined) config.loadFromCluster();
  else config.loadFromFile(kubeconfig);
  if (!config.getCurrentCluster()) throw new Error(`${kubeconfig ?? 'the pod'}: no current context with a cluster`);
  return config;
}
