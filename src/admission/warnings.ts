/** What the user sees who creates a pod: kubectl prints each line after `Warning: `. */
import { type Finding, severities } from '../harden/finding.ts';
import type { Mode } from './mode.ts';

/** Kubernetes asks for at most 120 characters a line: https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/#response */
const maxLine = 120;
/** From here on the API server cuts all lines short. It counts code points: truncateAtTotalRunes in k8s.io/apiserver pkg/endpoints/filters/warning.go */
const maxTotal = 4096;

/** The API server drops a line with a control character (NewWarningHeader in k8s.io/apimachinery pkg/util/net); a terminal obeys the others. */
const unprintable = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

/**
 * Writes one line per finding that matters, the most important first, each line once.
 *
 * @returns at most 4,096 code points in all; what does not fit is counted in the last line
 */
export function warningLines(findings: readonly Finding[], mode: Mode): string[] {
  if (mode === 'audit') return [];
  const prefix = mode === 'warn' ? 'permafrost (warn only, not changed): ' : 'permafrost: ';
  const lines = new Set<string>();
  for (const severity of severities) {
    if (severity === 'info') continue;
    for (const finding of findings) {
      if (finding.severity === severity) lines.add(clip(`${prefix}${finding.container}: ${finding.message}`));
    }
  }
  return fitTotal([...lines], prefix);
}

/** Most lines; they need no second look. */
const printableAscii = /^[\x20-\x7e]*$/;

function clip(text: string): string {
  if (printableAscii.test(text)) return text.length <= maxLine ? text : `${text.slice(0, maxLine - 1)}…`;
  const printable = text.replace(unprintable, '\u{FFFD}');
  if (printable.length <= maxLine) return printable;
  const points = [...printable];
  return points.length <= maxLine ? printable : `${points.slice(0, maxLine - 1).join('')}…`;
}

function fitTotal(lines: string[], prefix: string): string[] {
  // no line of n code points is longer than 2n UTF-16 units: without many lines there is nothing to count
  if (lines.length * maxLine <= maxTotal) return lines;
  const sizes = lines.map((line) => (printableAscii.test(line) ? line.length : [...line].length));
  if (sizes.reduce((sum, size) => sum + size, 0) <= maxTotal) return lines;
  const room = maxTotal - maxLine; // for the last line
  let kept = 0;
  for (let total = 0; total + (sizes[kept] ?? 0) <= room; kept++) total += sizes[kept] ?? 0;
  return [...lines.slice(0, kept), `${prefix}and ${lines.length - kept} more`];
}
