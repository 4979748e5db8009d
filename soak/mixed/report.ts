import { atMost, type Report, round } from '../goals.ts';
import type { Held } from './gauges.ts';
import type { Tally } from './load.ts';
import type { Round } from './mixed.ts';

/** MiB a heap of a few hundred breathes from one collection to the next. */
const BREATH = { heap: 6, rss: 32 };

/** The first round is warm-up. Growth is from the second round to the last. */
export function mixedReport(rounds: readonly Round[], warmUp: Tally): Report {
  const held = rounds.slice(1).map((one) => one.held);
  const first = held[0] as Held;
  const last = held.at(-1) as Held;
  const grown = (key: keyof Held) => last[key] - first[key];
  const tallies = [warmUp, ...rounds.map(({ tally }) => tally)];
  const wrong = merged(tallies.map((tally) => tally.wrong));
  const failed = merged(rounds.map(({ tally }) => tally.failed));
  const sum = (counts: Record<string, number>) => Object.values(counts).reduce((a, b) => a + b, 0);
  const total = (key: 'sent' | 'right' | 'left' | 'stale') =>
    tallies.reduce((count, tally) => count + tally[key], 0);
  return {
    part: 'soak',
    about: `${total('sent')} requests through ${rounds.length} rounds of faults: ${total('right')} answered right, ${sum(failed)} with a documented error, ${total('left')} left by the client, ${total('stale')} with old data that said so. Growth is from round 2 to the last, at rest, after a collection.`,
    goals: [
      atMost('wrong answers', sum(wrong), 0),
      atMost(
        'failures more than 7 s after the last fault',
        rounds.reduce((count, { late }) => count + late, 0),
        0,
      ),
      atMost('growth of the heap', grown('heap'), BREATH.heap, ' MiB'),
      atMost('growth of memory outside of it', grown('external'), BREATH.heap, ' MiB'),
      atMost('growth of resident memory', grown('rss'), BREATH.rss, ' MiB'),
      atMost('growth of sockets', grown('sockets'), 0),
      atMost('growth of timers', grown('timers'), 0),
      atMost('growth of other resources', grown('others'), 0),
      atMost('calls of Twilio that run or wait at rest', Math.max(...held.map(({ calls }) => calls)), 0),
    ],
    tables: [
      { title: 'At rest after each round', rows: heldRows(rounds) },
      { title: 'Errors', rows: [['code', 'times'], ...rowsOf(failed)] },
      { title: 'Wrong', rows: [['what', 'times'], ...rowsOf(wrong)] },
    ],
    figures: rounds.map(({ held, late, tally: { failures, ...tally } }) => ({ held, late, ...tally })),
  };
}

function heldRows(rounds: readonly Round[]): string[][] {
  const keys = Object.keys(rounds[0]?.held ?? {}) as (keyof Held)[];
  return [
    ['round', 'requests', ...keys],
    ...rounds.map(({ held, tally }, i) => [
      String(i + 1),
      String(tally.sent),
      ...keys.map((key) => round(held[key])),
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
