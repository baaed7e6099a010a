/** Names for what is added to a pod: they say what it is for, and are the same on every pass. */
import { remember } from '../remember.ts';
import { allContainers } from './containers.ts';
import type { Pod } from './pod.ts';

/** DNS labels: https://kubernetes.io/docs/concepts/overview/working-with-objects/names/#dns-label-names */
const maxLength = 63;

export interface Names {
  /** A new name for the volume of one path of one container: `permafrost-nginx-var-cache-nginx`. */
  volume(container: string, path: string): string;
  /** A new name for a container that does something for another one: `permafrost-copy-nginx`. */
  container(purpose: string, container: string): string;
}

/** Gives names that are unique in the pod; what is taken is looked up only when the first name is asked for. */
export function createNames(pod: Pod): Names {
  let volumes: Set<string> | undefined;
  let containers: Set<string> | undefined;
  return {
    volume(container, path) {
      volumes ??= volumeNames(pod);
      return take(`permafrost-${container}-${path}`, `${container}:${path}`, volumes);
    },
    container(purpose, container) {
      containers ??= new Set(allContainers(pod).map(({ name }) => name));
      return take(`permafrost-${purpose}-${container}`, container, containers);
    },
  };
}

/** All names that stand for a volume, also those of mounts whose volume is missing: a new volume must not become theirs. */
function volumeNames(pod: Pod): Set<string> {
  const names = new Set<string>();
  for (const volume of pod.spec.volumes ?? []) names.add(volume.name);
  for (const container of allContainers(pod)) for (const mount of container.volumeMounts ?? []) names.add(mount.name);
  return names;
}

/** A name that is taken or too long gets a hash of what it is for at its end. */
function take(words: string, identity: string, taken: Set<string>): string {
  const readable = readableOf(words);
  let name = readable;
  for (let attempt = 0; name.length > maxLength || taken.has(name); attempt++) {
    const hash = fnv1a(`${identity}:${attempt}`);
    name = `${readable.slice(0, maxLength - 1 - hash.length).replace(/-$/, '')}-${hash}`;
  }
  taken.add(name);
  return name;
}

const readableOf = remember(4096, (words) =>
  words
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/-$/, ''),
);

/** FNV-1a, 32 bits, as 8 hex digits: not for secrets, only to tell names apart. http://www.isthe.com/chongo/tech/comp/fnv/ */
function fnv1a(text: string): string {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  return (hash >>> 0).toString(16).padStart(8, '0');
}
