import { TARGETS } from '../harness/targets.ts';
import { TITLES, WORKLOADS } from '../harness/workloads.ts';
import { type Results, ratio } from './summary.ts';

const BAR = 16;
const LABEL = 210;
const WIDTH = 820;
const FONT = 'font-family="system-ui, -apple-system, Segoe UI, sans-serif"';
const COLORS: Readonly<Record<string, string>> = {
  gateway: '#1a5fb4',
  'floor-parse': '#b5b5b5',
  'floor-pipe': '#b5b5b5',
};

const escapeXml = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');

/** Bars of requests per second per core, as multiples of Mercurius, cold and hot. */
export function chartOf(results: Results): string {
  const panels: string[] = [];
  let y = 64;
  for (const mode of ['cold', 'hot'] as const) {
    for (const workload of WORKLOADS) {
      const bars = TARGETS.flatMap(({ id, label }) => {
        const value = ratio(results, workload, mode, 'mercurius', id);
        return value === undefined ? [] : [{ id, label, value }];
      }).toSorted((a, b) => b.value - a.value);
      if (bars.length === 0) continue;
      panels.push(panel(y, `${mode} ${workload}: ${TITLES[workload]}`, bars));
      y += 34 + bars.length * (BAR + 4) + 14;
    }
  }
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${y}" viewBox="0 0 ${WIDTH} ${y}" ${FONT} role="img">
<title>Requests per second per core beside Mercurius with JIT</title>
<rect width="${WIDTH}" height="${y}" fill="#ffffff"/>
<text x="16" y="28" font-size="17" font-weight="600" fill="#1c1c1c">Requests per second per core, as multiples of Mercurius with JIT</text>
<text x="16" y="48" font-size="12" fill="#555555">upstream 0 ms, concurrency 32 · Node ${escapeXml(results.machine.node)} · ${escapeXml(results.machine.cpu)} · ${results.machine.date.slice(0, 10)}${results.quick ? ' · quick run' : ''}</text>
${panels.join('\n')}
</svg>
`;
}

interface Bar {
  readonly id: string;
  readonly label: string;
  readonly value: number;
}

function panel(y: number, title: string, bars: readonly Bar[]): string {
  const most = Math.max(...bars.map(({ value }) => value), 1);
  const scale = (WIDTH - LABEL - 80) / most;
  const top = y + 26;
  const height = bars.length * (BAR + 4);
  const one = LABEL + scale;
  const lines = bars.map(({ id, label, value }, i) => {
    const at = top + i * (BAR + 4);
    const width = Math.max(1, value * scale).toFixed(1);
    const color = COLORS[id] ?? (id.startsWith('gateway') ? '#62a0ea' : '#d2a679');
    return `<text x="${LABEL - 8}" y="${at + 12}" font-size="12" text-anchor="end" fill="#1c1c1c">${escapeXml(label)}</text>
<rect x="${LABEL}" y="${at}" width="${width}" height="${BAR}" rx="2" fill="${color}"/>
<text x="${(LABEL + value * scale + 6).toFixed(1)}" y="${at + 12}" font-size="12" fill="#1c1c1c">${value.toFixed(2)}×</text>`;
  });
  return `<text x="16" y="${y + 14}" font-size="13" font-weight="600" fill="#1c1c1c">${escapeXml(title)}</text>
${lines.join('\n')}
<line x1="${one.toFixed(1)}" y1="${top - 3}" x2="${one.toFixed(1)}" y2="${top + height}" stroke="#1c1c1c" stroke-width="1" stroke-dasharray="3 3"/>`;
}
