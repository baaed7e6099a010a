/** All that a test needs to know of the control plane; plain data, handed from the global set-up to the test files. */
export interface ClusterAccess {
  /** Holds certificates, logs and the data of etcd. */
  folder: string;
  url: string;
  /** Of a user in system:masters. */
  token: string;
  /** The file of the API server's certificate, which is its own authority. */
  certificate: string;
  kubeconfig: string;
  /** JSON lines, written before the request is answered. */
  auditLog: string;
  /** The program. */
  kubectl: string;
}

declare module 'vitest' {
  export interface ProvidedContext {
    cluster: ClusterAccess;
  }
}
