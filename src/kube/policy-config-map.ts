/** Follows the ConfigMap that holds the administrator's policy. */
import { parsePolicy } from '../policy/parse.ts';
import type { Policy } from '../policy/policy.ts';
import { formatDiagnostic } from '../yaml/diagnostic.ts';
import type { KubeApi } from './api.ts';
import { type KubeObject, type WatchState, type WatchTiming, watchResource } from './watch-resource.ts';

export const policyKey = 'policy.yaml';

/** What the ConfigMap holds now. */
export type PolicyState =
  | { kind: 'policy'; policy: Policy }
  | { kind: 'broken'; problems: string[] }
  /** No such ConfigMap. */
  | { kind: 'absent' };

export interface PolicyConfigMapOptions {
  api: KubeApi;
  namespace: string;
  name: string;
  /** Gets what it holds after the first list, then after each change of its text. */
  onPolicy(state: PolicyState): void;
  onState(state: WatchState): void;
  timing?: Partial<WatchTiming>;
}

/** Follows until `stop` is called. */
export function followPolicyConfigMap(options: PolicyConfigMapOptions): { stop(): void } {
  const { namespace, name, onPolicy } = options;
  /** JSON of what was last handed over: an annotation that changes is no change of the policy. */
  let last: string | undefined;
  return watchResource({
    api: options.api,
    path: `/api/v1/namespaces/${namespace}/configmaps`,
    query: { fieldSelector: `metadata.name=${name}` },
    onState: options.onState,
    onChange(objects) {
      const [object] = objects.values();
      const text = object && textOf(object);
      const key = JSON.stringify([object !== undefined, text]);
      if (key === last) return;
      last = key;
      onPolicy(object ? read(text, `configmap/${name}/${policyKey}`) : { kind: 'absent' });
    },
    ...(options.timing && { timing: options.timing }),
  });
}

function textOf(object: KubeObject): string | undefined {
  const data = object['data'] as Record<string, string> | undefined;
  return data?.[policyKey];
}

function read(text: string | undefined, file: string): PolicyState {
  if (text === undefined) {
    return { kind: 'broken', problems: [`${file}:1:1: the ConfigMap has no key ${policyKey}; put the policy there`] };
  }
  const parsed = parsePolicy(text, file);
  return 'policy' in parsed
    ? { kind: 'policy', policy: parsed.policy }
    : { kind: 'broken', problems: parsed.problems.map(formatDiagnostic) };
}
