/** Pods that are no repetition: whoever remembers what it decided on one has to decide on each of them. */
import type { Random } from '../measure/random.ts';

/** Makes pods of as many templates, all of one size: each has a variable of its own in its first container's environment. */
export function templatesOf<Pod extends { spec: { containers: object[] } }>(
  pod: Pod,
  random: Random,
  count: number,
): Pod[] {
  const [first, ...others] = pod.spec.containers;
  return Array.from({ length: count }, () => {
    const env = [{ name: 'BUILD', value: random.hex(16) }];
    return { ...pod, spec: { ...pod.spec, containers: [{ ...first, env }, ...others] } };
  });
}
