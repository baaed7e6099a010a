/**
 * Writes a field path as Kubernetes does in its errors.
 *
 * @param path keys and indexes, outermost first
 * @returns for example `spec.containers[0].image`; a key that is no identifier is quoted: `metadata.annotations["a/b"]`
 */
export function fieldPath(path: readonly PropertyKey[]): string {
  let text = '';
  for (const step of path) {
    if (typeof step === 'number') text += `[${step}]`;
    else if (/^[A-Za-z_][\w-]*$/.test(String(step))) text += text === '' ? String(step) : `.${String(step)}`;
    else text += `[${JSON.stringify(String(step))}]`;
  }
  return text;
}
