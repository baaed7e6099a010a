/** What there is in a cluster. */
import { must } from './run.ts';

/** Comes and goes by itself, whatever is installed. */
const fleeting = new Set([
  'events',
  'events.events.k8s.io',
  'leases.coordination.k8s.io',
  'endpointslices.discovery.k8s.io',
  'endpoints',
]);

/** Lists every object of every kind, as `kind.group/namespace/name`; of pods only those that belong to nothing else. */
export async function listObjects(env: Record<string, string | undefined>): Promise<string[]> {
  const kinds = (await must('kubectl', ['api-resources', '--verbs=list', '--output=name'], { env })).trim().split('\n');
  const wanted = kinds.filter((kind) => !fleeting.has(kind)).join(',');
  const template =
    '{range .items[*]}{.apiVersion}{" "}{.kind}{" "}{.metadata.namespace}{"/"}{.metadata.name}{" "}{.metadata.ownerReferences[0].uid}{"\\n"}{end}';
  const text = await must(
    'kubectl',
    ['get', wanted, '--all-namespaces', '--ignore-not-found', `--output=jsonpath=${template}`],
    { env },
  );
  return text
    .split('\n')
    .map((line) => line.split(' '))
    .filter(([, kind, , owner]) => kind && !owner)
    .map(([version, kind, name]) => `${kind}.${version} ${name}`)
    .toSorted();
}
