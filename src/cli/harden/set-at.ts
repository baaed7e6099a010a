/** A copy of a value with another value at a path; what is beside the path is shared. */
export function setAt(value: unknown, path: readonly (string | number)[], next: unknown): unknown {
  const [step, ...rest] = path;
  if (step === undefined) return next;
  if (Array.isArray(value)) {
    return value.with(Number(step), setAt(value[Number(step)], rest, next));
  }
  const record = value as Record<string, unknown>;
  return { ...record, [step]: setAt(record[step], rest, next) };
}
