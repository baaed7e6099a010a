/** All that a test needs to know of the cluster; plain data, handed from the global set-up to the test files. */
export interface E2eCluster {
  name: string;
  kubeconfig: string;
  /** A folder with kubectl, for PATH; empty if it is there already. */
  programs: string;
  /** What a failed test leaves behind goes here, a folder for each. */
  results: string;
  /** Every object that the cluster had before Permafrost was installed. */
  objectsBefore: string[];
}

declare module 'vitest' {
  export interface ProvidedContext {
    e2e: E2eCluster;
  }
}
