/** Draws figures as bars, one panel below the other. No library: rectangles and words are all that it takes. */
import { summarize } from '../measure/statistics.ts';
import type { Figure, Series } from './figure.ts';
import { formatNumber, formatRatio } from './numbers.ts';
import { ratiosOf } from './ratios.ts';

export interface Panel {
  title: string;
  figure: Figure;
  /** The candidate to stand out. */
  highlight: string;
}

const width = 760;
const margin = 16;
const labels = 190;
const values = 150;
const row = 24;
const bar = 14;
const title = 34;
const plot = width - 2 * margin - labels - values;

const style = `
  text { font: 13px system-ui, sans-serif; fill: #1f2328 }
  .title { font-weight: 600; font-size: 14px }
  .value { fill: #59636e }
  .background { fill: #ffffff }
  .bar { fill: #afb8c1 }
  .highlight { fill: #0a84c1 }
  .spread { stroke: #1f2328; stroke-width: 1.5 }
  @media (prefers-color-scheme: dark) {
    text { fill: #f0f6fc }
    .value { fill: #9198a1 }
    .background { fill: #0d1117 }
    .bar { fill: #3d444d }
    .highlight { fill: #1f9fe0 }
    .spread { stroke: #f0f6fc }
  }`;

/** @returns the whole file */
export function svgOf(panels: readonly Panel[]): string {
  const parts: string[] = [];
  let top = margin;
  for (const panel of panels) {
    parts.push(...panelOf(panel, top));
    top += title + panel.figure.series.length * row + margin;
  }
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${top}" width="${width}" height="${top}" role="img">
<title>Permafrost held against what it could be at best, and against its peers</title>
<style>${style}
</style>
<rect class="background" width="${width}" height="${top}" rx="6"/>
${parts.join('\n')}
</svg>
`;
}

function panelOf({ title: text, figure, highlight }: Panel, top: number): string[] {
  const longest = Math.max(...figure.series.map(({ samples }) => summarize(samples).max));
  const heading = `<text class="title" x="${margin}" y="${top + 16}">${escapeXml(text)}</text>`;
  const bars = figure.series.map((series, index) =>
    barOf(figure, series, { top: top + title + index * row, longest, isHighlighted: series.candidate === highlight }),
  );
  return [heading, ...bars];
}

function barOf(
  figure: Figure,
  series: Series,
  { top, longest, isHighlighted }: { top: number; longest: number; isHighlighted: boolean },
): string {
  const { median, min, max } = summarize(series.samples);
  const left = margin + labels;
  const scale = (value: number) => Number(((value / longest) * plot).toFixed(1));
  const middle = top + bar / 2;
  const ratio = formatRatio(summarize(ratiosOf(figure, series)).median);
  const spread =
    max > min
      ? `<line class="spread" x1="${left + scale(min)}" x2="${left + scale(max)}" y1="${middle}" y2="${middle}"/>`
      : '';
  return [
    `<text x="${left - 10}" y="${middle + 4}" text-anchor="end">${escapeXml(series.candidate)}</text>`,
    `<rect class="${isHighlighted ? 'highlight' : 'bar'}" x="${left}" y="${top}" width="${scale(median)}" height="${bar}" rx="2"/>`,
    spread,
    `<text class="value" x="${left + plot + 10}" y="${middle + 4}">${escapeXml(`${formatNumber(median)} ${figure.unit} · ${ratio}×`)}</text>`,
  ].join('');
}

function escapeXml(text: string): string {
  return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}
