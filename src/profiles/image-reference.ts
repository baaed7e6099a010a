/** Image references, parsed as container runtimes do: https://github.com/distribution/reference/blob/main/normalize.go */

export interface ImageReference {
  /** Registry and path, normalized: `docker.io/library/nginx`. */
  repository: string;
  /** As written; undefined when there is none, which with no digest either means `latest`. */
  tag: string | undefined;
  /** `sha256:…`; undefined when there is none. */
  digest: string | undefined;
}

/** A registry, or a part of one, that stands for another: `mirror.example/hub` for `docker.io`. */
export interface RegistryMirror {
  prefix: string;
  standsFor: string;
}

const component = '[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*';
const label = '[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?';
const domainPattern = new RegExp(String.raw`^(?:${label}(?:\.${label})*|\[[a-fA-F0-9:]+\])(?::[0-9]+)?$`);
const pathPattern = new RegExp(`^${component}(?:/${component})*$`);
const tagPattern = /^\w[\w.-]{0,127}$/;
const digestPattern = /^[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}$/;

/** RepositoryNameTotalLengthMax of the reference grammar; also bounds the work of the patterns above. */
const maxRepositoryLength = 255;

/**
 * Parses a reference.
 *
 * @param text `nginx`, `docker.io/nginx:1.27`, `registry.example:5000/team/app@sha256:…`
 * @returns undefined when no runtime would accept it
 */
export function parseImageReference(text: string): ImageReference | undefined {
  if (text.length > 1024) return undefined;
  const at = text.indexOf('@');
  const digest = at === -1 ? undefined : text.slice(at + 1);
  const named = at === -1 ? text : text.slice(0, at);
  const colon = named.lastIndexOf(':');
  const hasTag = colon > named.lastIndexOf('/');
  const tag = hasTag ? named.slice(colon + 1) : undefined;
  const repository = normalizeRepository(hasTag ? named.slice(0, colon) : named);
  if (repository === undefined) return undefined;
  if (tag !== undefined && !tagPattern.test(tag)) return undefined;
  if (digest !== undefined && !digestPattern.test(digest)) return undefined;
  return { repository, tag, digest };
}

/** The first component is a registry if it has a dot, a colon or an upper-case letter, or is localhost; without one it is Docker Hub. */
function normalizeRepository(name: string): string | undefined {
  const slash = name.indexOf('/');
  const first = slash === -1 ? '' : name.slice(0, slash);
  const isDomain = first !== '' && (/[.:]/.test(first) || first === 'localhost' || first.toLowerCase() !== first);
  const domain = !isDomain || first === 'index.docker.io' ? 'docker.io' : first;
  const rest = isDomain ? name.slice(slash + 1) : name;
  const path = domain === 'docker.io' && !rest.includes('/') ? `library/${rest}` : rest;
  const repository = `${domain}/${path}`;
  if (repository.length > maxRepositoryLength) return undefined;
  return domainPattern.test(domain) && pathPattern.test(path) ? repository : undefined;
}

/**
 * Replaces a mirror's prefix by what it stands for; the longest prefix wins.
 *
 * @returns the reference as the original registry would name it; the same object if no mirror applies
 */
export function resolveMirror(reference: ImageReference, mirrors: readonly RegistryMirror[]): ImageReference {
  let best: RegistryMirror | undefined;
  for (const mirror of mirrors) {
    if (reference.repository.startsWith(`${mirror.prefix}/`) && mirror.prefix.length > (best?.prefix.length ?? -1)) {
      best = mirror;
    }
  }
  if (!best) return reference;
  const repository = normalizeRepository(best.standsFor + reference.repository.slice(best.prefix.length));
  return repository === undefined ? reference : { ...reference, repository };
}

/**
 * Parses a reference and resolves mirrors.
 *
 * @returns undefined when no runtime would accept it
 */
export function resolveImage(text: string, mirrors: readonly RegistryMirror[]): ImageReference | undefined {
  const reference = parseImageReference(text);
  return reference && resolveMirror(reference, mirrors);
}
