/** Which figures the chart in docs/ shows: what one glance should tell. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Figure } from './figure.ts';
import { type Panel, svgOf } from './svg.ts';

const shown = [
  {
    section: 'apiserver',
    setting: /^32 clients/,
    measure: 'pods',
    title: 'Pods a second through a real kube-apiserver, 32 clients (more is better)',
  },
  {
    section: 'apiserver',
    setting: /^32 clients/,
    measure: 'p99',
    title: 'Slowest of a hundred pods, 32 clients (less is better)',
  },
  {
    section: 'server',
    setting: /^2 KB/,
    measure: 'reviews',
    title: 'Reviews a second, the server alone, 2 KB each (more is better)',
  },
  {
    section: 'memory',
    setting: /directly/,
    measure: 'CPU of the webhook',
    title: 'Processor time for 1,000 reviews (less is better)',
  },
  {
    section: 'memory',
    setting: /^after/,
    measure: 'resident memory',
    title: 'Memory after up to 100,000 reviews (less is better)',
  },
  {
    section: 'cli',
    setting: /^10,000/,
    measure: 'time',
    title: '10,000 manifests on the command line (less is better)',
  },
];

export function panelsOf(figures: readonly Figure[]): Panel[] {
  return shown.flatMap(({ section, setting, measure, title }) => {
    const figure = figures.find(
      (candidate) => candidate.section === section && setting.test(candidate.setting) && candidate.measure === measure,
    );
    return figure ? [{ title, figure, highlight: section === 'cli' ? 'permafrost harden' : 'Permafrost' }] : [];
  });
}

export function writeChart(file: string, figures: readonly Figure[]): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, svgOf(panelsOf(figures)));
}
