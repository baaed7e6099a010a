/** Where the server is in its life. Probes and answers look at it. */
export interface Lifecycle {
  /** `draining`: still answering, but not ready, and each answer closes its connection. */
  phase: 'starting' | 'ready' | 'draining';
  /** What a start waits for, for whoever asks `/readyz` why. */
  waitingFor?: string;
}
