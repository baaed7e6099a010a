import type { Container, Pod, PodSpec } from './pod.ts';
import { type ContainerKind, containerKinds, type RuleContext } from './rule.ts';

/** All containers of a pod, of every kind. */
export function allContainers(pod: Pod): Container[] {
  return containerKinds.flatMap((kind) => pod.spec[kind] ?? []);
}

/**
 * Walks over all containers of a pod that are in scope: init containers, containers, ephemeral containers.
 *
 * @param visit gets a container and its field (`spec.containers[0]`); returns what takes its place, or the same object
 * @returns a pod with the new containers; the very same pod if no container changed. The input is never mutated.
 */
export function mapContainers(
  pod: Pod,
  context: Pick<RuleContext, 'inScope'>,
  visit: (container: Container, field: string, kind: ContainerKind) => Container,
): Pod {
  let spec: PodSpec = pod.spec;
  for (const kind of containerKinds) {
    const before = pod.spec[kind];
    if (!before) continue;
    let after: Container[] | undefined;
    for (let index = 0; index < before.length; index++) {
      const container = before[index];
      if (!container || !context.inScope(container, kind)) continue;
      const next = visit(container, `spec.${kind}[${index}]`, kind);
      if (next === container) continue;
      after ??= [...before];
      after[index] = next;
    }
    if (after) spec = { ...spec, [kind]: after };
  }
  return spec === pod.spec ? pod : { ...pod, spec };
}
