import { atMost, type Report, round } from '../report.ts';
import type { IdleResources } from './gauges.ts';
import type { Tally } from './load.ts';
import type { Round } from './mixed.ts';

/** Normal variation between garbage collections, in MiB. */
const VARIATION = { heap: 6, rss: 32 };

/** Builds the report. The first round is the warm-up; growth is from the second round to the last. */
export function mixedReport(rounds: readonly Round[], warmUp: Tally): Report {
  const idle = rounds.slice(1).map(({ resources }) => resources);
  const first = idle[0] as IdleResources;
  const last = idle.at(-1) as IdleResources;
  const grown = (key: keyof IdleResources) => last[key] - first[key];
  const tallies = [warmUp, ...rounds.map(({ tally }) => tally)];
  const wrong = merged(tallies.map((tally) => tally.wrong));
  const failed = merged(rounds.map(({ tally }) => tally.failed));
  const sum = (counts: Record<string, number>) => Object.values(counts).reduce((a, b) => a + b, 0);
  const total = (key: 'sent' | 'right' | 'left' | 'stale') =>
    tallies.reduce((count, tally) => count + tally[key], 0);
  return {
    part: 'soak',
    about: `${total('sent')} requests in ${rounds.length} rounds of faults: ${total('right')} correct responses, ${sum(failed)} documented errors, ${total('left')} aborted by the client, ${total('stale')} marked as stale. Growth is from round 2 to the last, of the idle gateway after a garbage collection.`,
    goals: [
      atMost('wrong responses', sum(wrong), 0),
      atMost(
        'failures more than 7 s after the last fault',
        rounds.reduce((count, { late }) => count + late, 0),
        0,
      ),
      atMost('growth of the heap', grown('heap'), VARIATION.heap, ' MiB'),
      atMost('growth of external memory', grown('external'), VARIATION.heap, ' MiB'),
      atMost('growth of resident memory', grown('rss'), VARIATION.rss, ' MiB'),
      atMost('growth of sockets', grown('sockets'), 0),
      atMost('growth of timers', grown('timers'), 0),
      atMost('growth of other resources', grown('others'), 0),
      atMost('calls to Twilio while idle', Math.max(...idle.map(({ calls }) => calls)), 0),
    ],
    tables: [
      { title: 'Idle after each round', rows: resourceRows(rounds) },
      { title: 'Errors', rows: [['code', 'times'], ...rowsOf(failed)] },
      { title: 'Wrong', rows: [['what', 'times'], ...rowsOf(wrong)] },
    ],
    figures: rounds.map(({ resources, late, tally: { failures, ...tally } }) => ({
      resources,
      late,
      ...tally,
    })),
  };
}

function resourceRows(rounds: readonly Round[]): string[][] {
  const keys = Object.keys(rounds[0]?.resources ?? {}) as (keyof IdleResources)[];
  return [
    ['round', 'requests', ...keys],
    ...rounds.map(({ resources, tally }, i) => [
      String(i + 1),
      String(tally.sent),
      ...keys.map((key) => round(resources[key])),
    ]),
  ];
}

const rowsOf = (counts: Record<string, number>) =>
  Object.entries(counts).map(([name, count]) => [name, String(count)]);

function merged(all: readonly Record<string, number>[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const one of all) for (const name in one) counts[name] = (counts[name] ?? 0) + (one[name] ?? 0);
  return counts;
}
