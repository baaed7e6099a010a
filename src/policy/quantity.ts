/**
 * Kubernetes quantities of bytes: https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/
 */
const suffixes: Record<string, number> = {
  '': 1,
  m: 1e-3,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
  Ei: 2 ** 60,
};

/** What a quantity looks like: `64Mi`, `1Gi`, `1500000`, `1.5G`. */
export const quantityPattern = /^(\d+(?:\.\d+)?)(m|k|M|G|T|P|E|Ki|Mi|Gi|Ti|Pi|Ei)?$/;

/**
 * @param text matches `quantityPattern`
 * @returns the number of bytes
 */
export function quantityToBytes(text: string): number {
  const [, number = 'NaN', suffix = ''] = quantityPattern.exec(text) ?? [];
  return Number(number) * (suffixes[suffix] ?? Number.NaN);
}

/** The smaller of two quantities, as it was written. */
export function minQuantity(a: string, b: string): string {
  return quantityToBytes(b) < quantityToBytes(a) ? b : a;
}
