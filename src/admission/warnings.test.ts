import { expect, test } from 'vitest';
import type { Finding, Severity } from '../harden/finding.ts';
import { warningLines } from './warnings.ts';

function finding(severity: Severity, message: string, container = 'nginx'): Finding {
  return { rule: 'privileged', severity, changed: true, container, field: 'spec.containers[0]', message };
}

test('a line names the container and what becomes of it', () => {
  expect(warningLines([finding('warning', 'privileged: true becomes false')], 'enforce')).toEqual([
    'permafrost: nginx: privileged: true becomes false',
  ]);
});

test('in warn a line says that nothing was changed', () => {
  expect(warningLines([finding('warning', 'privileged: true becomes false')], 'warn')).toEqual([
    'permafrost (warn only, not changed): nginx: privileged: true becomes false',
  ]);
});

test('audit is silent', () => {
  expect(warningLines([finding('danger', 'x')], 'audit')).toEqual([]);
});

test('the most important comes first, info never, and the same line once', () => {
  const findings = [
    finding('info', 'nobody has to know'),
    finding('notice', 'ordinary'),
    finding('warning', 'taken'),
    finding('warning', 'taken'),
    finding('danger', 'broken'),
  ];
  expect(warningLines(findings, 'enforce')).toEqual([
    'permafrost: nginx: broken',
    'permafrost: nginx: taken',
    'permafrost: nginx: ordinary',
  ]);
});

test('a line has at most 120 code points, whole ones, and shows that it was cut', () => {
  const [line = ''] = warningLines([finding('warning', '💥'.repeat(200))], 'enforce');
  expect([...line]).toHaveLength(120);
  expect(line.endsWith('💥…')).toBe(true);
  expect(line.isWellFormed()).toBe(true);
  const [exact = ''] = warningLines([finding('warning', '💥'.repeat(120 - 'permafrost: nginx: '.length))], 'enforce');
  expect([...exact]).toHaveLength(120);
  expect(exact.endsWith('…')).toBe(false);
});

test('all lines have at most 4,096 code points, and the last says how many are missing', () => {
  const findings = Array.from({ length: 100 }, (_, index) => finding('notice', `${'x'.repeat(80)} ${index}`));
  const lines = warningLines(findings, 'enforce');
  const total = lines.reduce((sum, line) => sum + [...line].length, 0);
  expect(total).toBeLessThanOrEqual(4096);
  expect(total).toBeGreaterThan(3800);
  expect(lines.at(-1)).toBe(`permafrost: and ${100 - (lines.length - 1)} more`);
});

test('short lines are not cut for their number', () => {
  const findings = Array.from({ length: 100 }, (_, index) => finding('notice', `x${index}`));
  expect(warningLines(findings, 'enforce')).toHaveLength(100);
});

test('what the API server would drop or a terminal would obey is replaced', () => {
  const [line] = warningLines([finding('warning', 'a\nb\u001b[31m\u202e\u2028\ud800', 'n\0ginx')], 'enforce');
  expect(line).toBe('permafrost: n\ufffdginx: a\ufffdb\ufffd[31m\ufffd\ufffd\ufffd');
});
