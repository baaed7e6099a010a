/**
 * Names the volume for one path of one container: `permafrost-nginx-var-cache-nginx`. The same input gives the same name; a name that is
 * taken or too long gets a hash of container and path at its end.
 *
 * @param taken the names of the pod's volumes
 * @returns a DNS label of at most 63 characters that is not in `taken`
 */
export function volumeName(container: string, path: string, taken: ReadonlySet<string>): string {
  const words = `${container}-${path}`.toLowerCase().replace(/[^a-z0-9]+/g, '-');
  const readable = `permafrost-${words}`.replace(/-+$/, '');
  if (readable.length <= 63 && !taken.has(readable)) return readable;
  for (let attempt = 0; ; attempt++) {
    const hash = fnv1a(`${container}:${path}:${attempt}`);
    const name = `${readable.slice(0, 54).replace(/-+$/, '')}-${hash}`;
    if (!taken.has(name)) return name;
  }
}

/** FNV-1a, 32 bits, as 8 hex digits: not for secrets, only to tell names apart. http://www.isthe.com/chongo/tech/comp/fnv/ */
function fnv1a(text: string): string {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  return (hash >>> 0).toString(16).padStart(8, '0');
}
