import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { parse } from 'yaml';
import { OUTCOMES } from '../../src/errors/entry.ts';
import { openSqliteHistory } from '../../src/history/sql-history-store.ts';
import { createLazyMetrics } from '../../src/telemetry/lazy-metrics.ts';
import { readDocument } from '../docs/markdown.ts';
import { createKit } from '../kit.ts';
import { samplesOf } from '../telemetry/exposition.ts';

interface Panel {
  title: string;
  type: string;
  description?: string;
  gridPos: { x: number; y: number; w: number; h: number };
  targets?: { expr: string }[];
}

const { panels } = JSON.parse(readDocument('deploy/grafana/twilio-graphql-gateway.json')) as {
  panels: Panel[];
};
const shown = panels.flatMap(({ title, targets = [] }) => targets.map(({ expr }) => [title, expr] as const));
const rules = (
  parse(readDocument('deploy/prometheus/alerts.yaml')) as {
    groups: { rules: { alert: string; expr: string; annotations: { summary: string } }[] }[];
  }
).groups.flatMap((group) => group.rules);
const alerted = rules.map(({ alert, expr }) => [alert, expr] as const);

/** What Prometheus knows by itself. */
const OF_PROMETHEUS = ['up'];

let text = '';
let names = new Set<string>();

beforeAll(async () => {
  const telemetry = createLazyMetrics();
  const folder = mkdtempSync(join(tmpdir(), 'gateway-dashboard-'));
  const history = await openSqliteHistory(join(folder, 'history.db'));
  const kit = createKit({ telemetry, history, syncsHistory: true });
  const { query, sandbox, gateway } = kit;
  const accountSid = sandbox.accounts.parent.sid;
  await history.setPolicy({ accountSid, enabled: true, paused: false, keepsBodies: true, days: null });
  await vi.waitFor(async () => expect((await history.status(accountSid)).asOf).not.toBeNull(), 15_000);
  await query('{ messages(first: 2) { nodes { sid } } }');
  sandbox.set({ fail503: 1 });
  await query('{ account { sid } }');
  text = await (await gateway.fetch('http://localhost/metrics')).text();
  await gateway.close();
  await history.close();
  rmSync(folder, { recursive: true, force: true });
  names = new Set([...samplesOf(text).map(({ name }) => name), ...typesOf().keys()]);
});

/** Each metric's type; one that has no sample yet is there too. */
function typesOf(): Map<string, string> {
  return new Map(
    [...text.matchAll(/^# TYPE (\w+) (\w+)$/gm)].map(([, name = '', type = '']) => [name, type]),
  );
}

/** Names of metrics in an expression: what is followed by labels or a range, or stands alone, and is no function. */
function metricsIn(expr: string): string[] {
  const bare = expr
    .replace(/\{[^}]*\}/g, ' ')
    .replace(/\[[^\]]*\]/g, ' ')
    .replace(/\b(?:by|without|on|ignoring)\s*\([^)]*\)/g, ' ');
  return [...bare.matchAll(/\b([a-z_][a-z0-9_]*)\b(?!\s*\()/g)]
    .map(([, name = '']) => name)
    .filter((name) => !['and', 'or', 'unless', 'bool'].includes(name));
}

describe.each([
  ['the dashboard', shown],
  ['the alerts', alerted],
])('%s', (_what, expressions) => {
  test('has expressions to check', () => {
    expect(expressions.length).toBeGreaterThan(8);
  });

  test.each(expressions)('%s: every metric is one of /metrics', (_title, expr) => {
    const used = metricsIn(expr);
    expect(used.length).toBeGreaterThan(0);
    expect(used.filter((name) => !names.has(name) && !OF_PROMETHEUS.includes(name))).toEqual([]);
    for (const [open, close] of ['()', '{}', '[]']) {
      expect(expr.split(open ?? '').length).toBe(expr.split(close ?? '').length);
    }
  });

  test.each(expressions)('%s: every label is one the metric has', (_title, expr) => {
    const labels = new Set([
      'job',
      'instance',
      'le',
      ...samplesOf(text).flatMap(({ labels }) => Object.keys(labels)),
    ]);
    const grouped = [...expr.matchAll(/\bby\s*\(([^)]*)\)/g)].flatMap(([, list = '']) => list.split(','));
    const matched = [...expr.matchAll(/(\w+)\s*(?:=~|!~|!=|=)\s*"/g)].map(([, label = '']) => label);
    expect(
      [...grouped, ...matched].map((label) => label.trim()).filter((label) => !labels.has(label)),
    ).toEqual([]);
    const outcomes = [...expr.matchAll(/requests_total\{[^}]*outcome[!=]~?"([^"]+)"/g)].flatMap(
      ([, one = '']) => one.split('|'),
    );
    const known: readonly string[] = [...OUTCOMES, 'granted', 'refused', 'throttled', 'unreachable'];
    expect(outcomes.filter((outcome) => !known.includes(outcome))).toEqual([]);
  });
});

test('codes of refusals that are looked for are ones that are counted', () => {
  const counted = samplesOf(text)
    .filter(({ name }) => name.endsWith('_refused_total'))
    .map(({ labels }) => labels.code);
  expect(counted.length).toBeGreaterThan(10);
  const documented = readDocument('docs/errors.md');
  expect(counted.filter((code) => !documented.includes(`\n| \`${code}\` |`))).toEqual([]);
  const asked = [...shown, ...alerted].flatMap(([, expr]) =>
    [...expr.matchAll(/_refused_total\{[^}]*code="(\w+)"/g)].map(([, code]) => code),
  );
  expect(asked.length).toBeGreaterThan(0);
  expect(asked.filter((code) => !counted.includes(code))).toEqual([]);
});

test('every metric of the gateway is shown on the dashboard', () => {
  const inPanels = new Set(shown.flatMap(([, expr]) => metricsIn(expr)));
  const ours = [...typesOf()].filter(([name]) => name.startsWith('twilio_gateway_'));
  expect(ours.length).toBeGreaterThan(10);
  const hidden = ours.filter(([name, type]) => !inPanels.has(type === 'histogram' ? `${name}_bucket` : name));
  expect(hidden).toEqual([]);
});

test('counters are rated, not shown as they are', () => {
  for (const [, expr] of [...shown, ...alerted]) {
    for (const [, before = '', name = ''] of expr.matchAll(
      /(\w*\()?\s*\b(\w+_(?:total|bucket|count|sum))\b/g,
    )) {
      expect([name, before]).toEqual([name, expect.stringMatching(/^(?:rate|increase)\($/)]);
    }
  }
});

test('the panels do not lie over one another, and say what they show', () => {
  const cells = panels.flatMap(({ gridPos: { x, y, w, h } }) =>
    Array.from({ length: w * h }, (_, index) => `${x + (index % w)},${y + Math.floor(index / w)}`),
  );
  expect(new Set(cells).size).toBe(cells.length);
  expect(panels.filter(({ type, description }) => type !== 'row' && !description)).toEqual([]);
});

test('every alert says what is the matter', () => {
  expect(rules.filter(({ annotations }) => !annotations.summary)).toEqual([]);
});
