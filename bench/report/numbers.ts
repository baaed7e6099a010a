/** Three significant digits: more would pretend to a precision that no shared machine has. */
export function formatNumber(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  const rounded = Number(value.toPrecision(3));
  if (Math.abs(value) >= 1000) return Math.round(value).toLocaleString('en-US');
  const decimals =
    Math.abs(rounded) >= 100 || rounded === 0 ? 0 : Math.max(0, 2 - Math.floor(Math.log10(Math.abs(rounded))));
  return rounded.toFixed(Math.min(decimals, 6));
}

export function formatRatio(value: number): string {
  return value >= 10 || value < 0.1 ? formatNumber(value) : value.toFixed(2);
}
