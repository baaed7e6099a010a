/** What was done, and why, for a person. */
import type { Severity } from '../../harden/finding.ts';
import { severities } from '../../harden/finding.ts';
import type { Colors } from '../color.ts';
import type { ResourceReport } from './harden-document.ts';
import type { Workload } from './workload.ts';

/** More rows than anybody reads. */
const maxRows = 100;

interface Row {
  resource: string;
  container: string;
  rule: string;
  message: string;
  severity: Severity;
}

export interface Summary {
  add(reports: readonly ResourceReport[]): void;
  /** Counts a document without any pod in it. */
  addOther(): void;
  /** @param columns the terminal's width; undefined writes each finding on one line */
  write(colors: Colors, columns: number | undefined): string;
}

/** `Deployment/shop/web`, without a namespace when the object names none. */
export function resourceName({ kind, namespace, name }: Workload): string {
  return [kind, namespace, name].filter((part) => part !== undefined).join('/');
}

export function createSummary(): Summary {
  const rows: Row[] = [];
  const more = new Map<Severity, number>();
  const reasons = new Map<string, number>();
  let changed = 0;
  let already = 0;
  let others = 0;
  return {
    add(reports) {
      for (const { workload, outcome, findings } of reports) {
        if (outcome.kind === 'changed') changed++;
        else if (outcome.kind === 'hardened already') already++;
        else reasons.set(outcome.why, (reasons.get(outcome.why) ?? 0) + 1);
        const containers = [...new Set(findings.map(({ container }) => container))];
        const ordered = containers.flatMap((name) => findings.filter(({ container }) => container === name));
        for (const { container, rule, message, severity } of ordered) {
          if (severity === 'info') continue;
          if (rows.length < maxRows)
            rows.push({ resource: resourceName(workload), container, rule, message, severity });
          else more.set(severity, (more.get(severity) ?? 0) + 1);
        }
      }
    },
    addOther() {
      others++;
    },
    write(colors, columns) {
      const table = columns === undefined ? flatTable(rows, colors) : groupedTable(rows, colors, columns);
      const hidden = [...more.values()].reduce((sum, count) => sum + count, 0);
      const kinds = severities.filter((name) => more.has(name)).map((name) => `${count(more.get(name) ?? 0)} ${name}`);
      const rest = hidden > 0 ? `and ${count(hidden)} more findings (${kinds.join(', ')})\n` : '';
      const left = [...reasons.values()].reduce((sum, number) => sum + number, 0);
      const parts = [`${count(changed)} changed`, `${count(already)} hardened already`];
      if (left > 0)
        parts.push(`${count(left)} left alone (${[...reasons].map(([why, n]) => describe(why, n)).join('; ')})`);
      const total = changed + already + left;
      const other =
        others > 0 ? `; ${count(others)} other ${others === 1 ? 'document' : 'documents'} passed through` : '';
      const line = `${count(total)} ${total === 1 ? 'resource' : 'resources'}: ${parts.join(', ')}${other}\n`;
      return `${table}${rest}${table === '' ? '' : '\n'}${colors.bold(line.trimEnd())}\n`;
    },
  };
}

function describe(why: string, number: number): string {
  return number === 1 ? why : `${count(number)}: ${why}`;
}

function count(number: number): string {
  return number.toLocaleString('en');
}

function paint(severity: Severity, text: string, colors: Colors): string {
  if (severity === 'danger') return colors.red(text);
  return severity === 'warning' ? colors.yellow(text) : text;
}

/** A line for each finding, for grep and for files. */
function flatTable(rows: readonly Row[], colors: Colors): string {
  if (rows.length === 0) return '';
  const cells = rows.map(({ resource, container, rule, severity, message }) => [
    resource,
    container,
    rule,
    severity,
    message,
  ]);
  const titles = ['RESOURCE', 'CONTAINER', 'RULE', 'SEVERITY', 'FINDING'];
  const widths = titles.map((title, column) => Math.max(title.length, ...cells.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]) =>
    row.map((cell, column) => (column === row.length - 1 ? cell : cell.padEnd(widths[column] ?? 0))).join('  ');
  return [titles, ...cells]
    .map((row, index) => `${paint(rows[index - 1]?.severity ?? 'info', line(row), colors)}\n`)
    .join('');
}

/** For a terminal: a heading for each resource, the message wrapped. */
function groupedTable(rows: readonly Row[], colors: Colors, columns: number): string {
  let output = '';
  let resource: string | undefined;
  const container = Math.min(20, Math.max(...rows.map((row) => row.container.length)));
  const rule = Math.max(...rows.map((row) => row.rule.length));
  const margin = container + rule + 6;
  for (const row of rows) {
    if (row.resource !== resource) output += `${colors.bold(row.resource)}\n`;
    resource = row.resource;
    const [first = '', ...rest] = wrap(row.message, Math.max(24, columns - margin));
    output += `  ${row.container.padEnd(container)}  ${row.rule.padEnd(rule)}  ${paint(row.severity, first, colors)}\n`;
    for (const line of rest) output += `${' '.repeat(margin)}${paint(row.severity, line, colors)}\n`;
  }
  return output;
}

function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line];
}
