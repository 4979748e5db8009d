import { expect, test } from 'vitest';
import type { SandboxSwitches } from '../../../src/sandbox/sandbox.ts';
import { type Ask, type Seen, type TwinOptions, twins } from './twins.ts';

/** A request, and what is to come of it. */
export interface Row extends Ask {
  readonly options?: TwinOptions;
  /** From the fifth time on, when the query is known. */
  readonly later?: Partial<SandboxSwitches>;
  /** What the last answer says, where that is the point. */
  readonly says?: RegExp;
  /** Which way the last answer comes. @default past yoga */
  readonly way?: 'past' | 'yoga';
}

export const LIST = '{ messages(first: 3) { nodes { sid body } } }';
export const ACCOUNT = '{ account { sid friendlyName } }';
export const OWN = { body: { query: ACCOUNT } };
/** No message, and no account of the sandbox's. */
export const GONE = `SM${'0'.repeat(32)}`;
export const FOREIGN = `AC${'f'.repeat(32)}`;

/** A test for each row. */
export const rows = (table: Record<string, Row>) => test.each(Object.entries(table));

const CACHE = { maxBytes: 4_000_000, messageMs: 600_000, accountMs: 600_000, pageMs: 600_000 };

/** Asked so often: twice interpreted, once compiled, and from then on past yoga. */
export const TIMES = 6;

/** Whether the same bytes were asked before in the plainest form, and whether whole answers are kept. */
const BEFORE = ['never', 'known', 'kept'] as const;

/** Asks both gateways the same again and again, and compares all that can be seen. */
export async function same(row: Row): Promise<void> {
  for (const before of row.later ? (['never'] as const) : BEFORE) await sameAfter(before, row);
}

async function sameAfter(
  before: (typeof BEFORE)[number],
  { options, later, says, way = 'past', ...ask }: Row,
) {
  const pair = await twins(
    before === 'kept' ? { ...options, config: { ...options?.config, cache: CACHE } } : options,
  );
  if (before !== 'never' && ask.body !== undefined) {
    const { query } = ask.body as { query?: unknown };
    for (let time = 0; time < 4; time += 1) {
      await pair.ask({ body: ask.body });
      if (typeof query === 'string') await pair.ask({ body: { query } });
    }
  }
  for (let time = 1; time <= TIMES; time += 1) {
    if (later && time === TIMES - 1) pair.set(later);
    const { past, yoga, wentPast } = await pair.ask(ask);
    const shown = before === 'kept' ? withoutCalls : (seen: Seen) => seen;
    expect(shown(past), `the ${time}. time, ${before} before`).toEqual(shown(yoga));
    if (time === TIMES && says) expect(past.body).toMatch(says);
    if (time === TIMES && before !== 'kept') expect(wentPast ? 'past' : 'yoga').toBe(way);
  }
  const counted = await pair.metrics();
  if (before !== 'kept') expect(counted.past).toEqual(counted.yoga);
}

/** What an answer that is given again need not do. */
function withoutCalls({ calls, log, body, ...seen }: Seen) {
  const steady = body.replace(/"upstreamCalls":\d+/, '');
  return { ...seen, body: steady, log: log.map((line) => ({ ...line, upstreamCalls: 0, kept: false })) };
}
