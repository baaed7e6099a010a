/** Someone who has a say when a pod is created. */
export interface ApiCandidate {
  name: string;
  /** Whose pods it gets. */
  namespace: string;
  /** Whether it hardens the pod, or leaves it as it is. */
  hardens: boolean;
  /** Of its process, if it has one of its own. */
  pid?: number;
  /** Where a review can be sent to it directly. */
  url?: string;
  /** Milliseconds from its start until it was ready. */
  readyAfter?: number;
  stop?(): Promise<void>;
}
