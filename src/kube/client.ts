/**
 * The connection to the API server. The client is big (0.75 s to import from its files), so nothing loads it before it is needed:
 * import this file's types freely, and call `createKubeClient` only where a command really talks to a cluster.
 */
import type {
  AdmissionregistrationV1Api,
  CoreV1Api,
  CustomObjectsApi,
  KubeConfig,
  Watch,
} from '@kubernetes/client-node';

export interface KubeClient {
  config: KubeConfig;
  core: CoreV1Api;
  admissionRegistration: AdmissionregistrationV1Api;
  customObjects: CustomObjectsApi;
  /** A watch of its own for each caller, as it holds settings. */
  createWatch(): Watch;
}

/** Milliseconds for one request, other than a watch: an API server that does not answer must not hold up whoever waits. */
const requestTimeout = 15_000;

/**
 * Connects with the given kubeconfig, or as the ServiceAccount of the pod. Nothing is sent yet.
 *
 * @param kubeconfig a file; without it the process must run in a cluster
 * @throws when the file cannot be read or names no cluster
 */
export async function createKubeClient(kubeconfig: string | undefined): Promise<KubeClient> {
  const kube = await import('@kubernetes/client-node');
  const config = new kube.KubeConfig();
  if (kubeconfig === undefined) config.loadFromCluster();
  else config.loadFromFile(kubeconfig);
  const cluster = config.getCurrentCluster();
  if (!cluster) throw new Error(`${kubeconfig ?? 'the pod'}: no current context with a cluster`);
  const configuration = kube.createConfiguration({
    baseServer: new kube.ServerConfiguration(cluster.server, {}),
    authMethods: { default: config },
    promiseMiddleware: [
      {
        async pre(request) {
          request.setSignal(AbortSignal.timeout(requestTimeout));
          request.setHeaderParam('User-Agent', 'permafrost');
          return request;
        },
        post: async (response) => response,
      },
    ],
  });
  return {
    config,
    core: new kube.CoreV1Api(configuration),
    admissionRegistration: new kube.AdmissionregistrationV1Api(configuration),
    customObjects: new kube.CustomObjectsApi(configuration),
    createWatch: () => new kube.Watch(config),
  };
}
