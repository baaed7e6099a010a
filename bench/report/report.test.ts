import { expect, test } from 'vitest';
import { panelsOf } from './chart.ts';
import type { Figure } from './figure.ts';
import { evaluateGoals } from './goals.ts';
import { jsonOf } from './json.ts';
import { insertResults, markdownOf } from './markdown.ts';
import { formatNumber, formatRatio } from './numbers.ts';
import { svgOf } from './svg.ts';
import { tableOf } from './table.ts';

const figure: Figure = {
  section: 'server',
  setting: '2 KB review, 32 connections',
  measure: 'reviews',
  unit: '/s',
  better: 'higher',
  reference: 'bare Node',
  series: [
    { candidate: 'bare Node', samples: [10_000, 5_000, 9_000] },
    { candidate: 'Permafrost', samples: [6_000, 3_000, 6_300] },
  ],
  goals: [
    { candidate: 'Permafrost', against: 'bare Node', atLeast: 0.6 },
    { candidate: 'Permafrost', atLeast: 7_000 },
    { candidate: 'Permafrost', against: 'Gatekeeper', atLeast: 1.6 },
  ],
};

test('a goal is held against ratios or values, and left out with the candidate that it speaks of', () => {
  expect(evaluateGoals(figure).map(({ isMet, text }) => [isMet, text])).toEqual([
    [true, '0.60 of bare Node, at least 0.60'],
    [false, 'at least 7,000'],
  ]);
});

test('the table shows median, spread and ratio of every candidate', () => {
  const rows = tableOf([figure]).split('\n');
  expect(rows.find((line) => line.includes('bare Node'))).toMatch(/9,000 │ 5,000–10,000 │ +1\.00/);
  expect(rows.find((line) => line.includes('Permafrost'))).toMatch(
    /6,000 │ +3,000–6,300 │ +0\.60 │ ✓ 0\.60 of bare Node/,
  );
});

test('the data hold every sample', () => {
  const run = { date: '', seed: 1, seconds: 1, versions: {}, notes: [], figures: [figure] };
  const { figures } = JSON.parse(jsonOf(run));
  expect(figures[0].series[1]).toMatchObject({ samples: [6_000, 3_000, 6_300], median: 6_000, ratio: { median: 0.6 } });
  expect(figures[0].goals).toHaveLength(2);
});

test('numbers have three digits that count', () => {
  expect([704.2, 12_345.6, 3.1444, 0.012345, 99.96, 0, 42].map(formatNumber)).toEqual([
    '704',
    '12,346',
    '3.14',
    '0.0123',
    '100',
    '0',
    '42.0',
  ]);
  expect([1, 0.634, 12.3, 0.0714].map(formatRatio)).toEqual(['1.00', '0.63', '12.3', '0.0714']);
});

test('the chart has a bar for each candidate, and says no more than there is', () => {
  const panels = panelsOf([figure]);
  expect(panels.map(({ figure: { measure } }) => measure)).toEqual(['reviews']);
  const svg = svgOf(panels);
  expect(svg.match(/<rect class="(bar|highlight)"/g)).toHaveLength(2);
  expect(svg).toContain('class="highlight"');
  expect(svg).toMatch(/^<svg [^>]*>\n<title>[^<]+<\/title>/); // or `make lint` refuses the repository after `make bench`
  expect(svg).toContain('6,000 /s · 0.60×');
});

test('words in the chart cannot break it', () => {
  const odd = { ...figure, series: [{ candidate: 'a<b>&"c"', samples: [1] }], reference: 'a<b>&"c"' };
  expect(svgOf([{ title: '<&>', figure: odd, highlight: '' }])).not.toMatch(/<b>|<&>|&"/);
});

test('results go between the marks of the page, and replace those of the last run', () => {
  const run = {
    date: '2026-01-02T03:04:05Z',
    seed: 1,
    seconds: 1,
    versions: { node: 'v24' },
    notes: ['mind this'],
    figures: [figure],
  };
  const page = 'before\n<!-- results: written by make bench -->\nold\n<!-- end of results -->\nafter\n';
  const once = insertResults(page, markdownOf(run));
  expect(once).toMatch(/^before\n.*2026-01-02 · node v24.*\| reviews \/s \| bare Node \| 9,000 \|.*\nafter\n$/s);
  expect(once).not.toContain('old');
  expect(insertResults(once, markdownOf(run))).toBe(once);
});

test('the panel of 10,000 manifests shows that many, not the 1,000 that are measured first', () => {
  const of = (setting: string): Figure => ({ ...figure, section: 'cli', setting, measure: 'time' });
  const panels = panelsOf([of('1,000 manifests'), of('10,000 manifests')]);
  expect(panels.map((panel) => panel.figure.setting)).toEqual(['10,000 manifests']);
});
