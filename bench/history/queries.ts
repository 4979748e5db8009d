import { setTimeout as sleep } from 'node:timers/promises';
import type { HistoryStore } from '../../src/history/history-store.ts';
import type { MessageCriteria } from '../../src/pagination/message-filter.ts';
import { at, type Figures, timesOf } from './figures.ts';
import {
  ACCOUNT,
  addressOf,
  createDice,
  type MessageList,
  messageOf,
  PERSONS,
  RARE_WORD,
} from './messages.ts';

const TURNS = 210;
/** As fast as an upstream gives pages to slices that are read side by side: 300 ms a page, 8 slices. */
const PAGE_EVERY_MS = 300 / 8;
const DAY_MS = 86_400_000;

export interface QueriesOptions {
  readonly figures: Figures;
  readonly list: MessageList;
  readonly store: HistoryStore;
  /** How long each query is repeated. */
  readonly mostMs: number;
  /** The processor's time of the database, in seconds. */
  cpuOfDatabase(): number;
}

/** Reads a copy in all ways that have a target. */
export async function benchQueries({
  figures,
  list,
  store,
  mostMs,
  cpuOfDatabase,
}: QueriesOptions): Promise<void> {
  const everything = { accountSids: [ACCOUNT], criteria: {} as MessageCriteria };
  const page = (criteria: MessageCriteria) =>
    store.list({ ...everything, criteria }, { order: 'NEWEST_FIRST', limit: 50 });
  const day = (days: number) => new Date(list.newest - days * DAY_MS);
  const cpu = () => {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1000 + cpuOfDatabase() * 1000;
  };

  const timed = async (
    what: string,
    [p50, p99]: readonly [number, number],
    work: (turn: number) => Promise<unknown>,
  ) => {
    const cpuBefore = cpu();
    let turns = 0;
    const counted = (turn: number) => {
      turns += 1;
      return work(turn);
    };
    const { times, isStopped } = await timesOf(counted, { turns: TURNS, mostMs });
    const spent = (cpu() - cpuBefore) / turns;
    const stopped = isStopped ? `; stopped after ${turns}` : '';
    figures.note(
      what,
      `p50 under ${p50} ms, p99 under ${p99} ms`,
      `${at(times, 0.5).toFixed(1)} / ${at(times, 0.99).toFixed(1)} ms; processor ${spent.toFixed(1)} ms${stopped}`,
      at(times, 0.5) < p50 && at(times, 0.99) < p99,
    );
  };
  const STATISTICS = [50, 300] as const;
  const LISTS = [10, 50] as const;

  await timed('statistics by day, status and error code', STATISTICS, () =>
    store.stats({ ...everything, dimensions: ['status', 'errorCode'], interval: 'DAY' }),
  );
  await timed('… by status and country, by day in Berlin’s time', STATISTICS, () =>
    store.stats({
      ...everything,
      dimensions: ['status', 'country'],
      interval: 'DAY',
      timeZone: 'Europe/Berlin',
    }),
  );
  await timed('… of all senders', STATISTICS, () => store.stats({ ...everything, dimensions: ['sender'] }));
  await timed('a page of 50, newest', LISTS, () => page({}));
  await timed('… with a status', LISTS, (turn) => page({ status: [turn % 2 ? 'failed' : 'undelivered'] }));
  await timed('… with an error code in a month', LISTS, (turn) =>
    page({ errorCode: [30_003, 30_034], dateCreated: { since: day(60 + turn), until: day(30 + turn) } }),
  );
  await timed('… of a country and channel', LISTS, (turn) =>
    page({ country: [turn % 2 ? 'DE' : 'AU'], channel: ['WHATSAPP'] }),
  );
  await timed('… of three that few messages have together', LISTS, (turn) =>
    page({
      status: ['failed'],
      errorCode: [21_610],
      country: [turn % 2 ? 'US' : 'GB'],
      channel: ['WHATSAPP'],
    }),
  );
  await timed('… with a frequent word', LISTS, () => page({ text: 'invoice doctor' }));
  await timed('… with a rare word', LISTS, () => page({ text: RARE_WORD }));
  const dice = createDice(7);
  await timed('a thread of 50', LISTS, () =>
    page({ participant: addressOf(Math.floor(dice() ** 2 * PERSONS)) }),
  );
  await timed('50 threads with summaries', LISTS, () => store.threads(everything, { limit: 50 }));
  await timed('exact count of a filter', STATISTICS, () =>
    store.count({ ...everything, criteria: { status: ['failed'], country: ['DE'] } }),
  );
}

/** Reads while pages of changed messages are saved, compared with reads alone. */
export async function benchReadsWhileSaving(
  store: HistoryStore,
  list: MessageList,
  figures: Figures,
  mostMs: number,
): Promise<void> {
  const query = { accountSids: [ACCOUNT], criteria: { status: ['failed'] } };
  const readFor = async (ms: number) => {
    const begun = performance.now();
    let read = 0;
    for (; performance.now() - begun < ms; read += 1) {
      await store.list(query, { order: 'NEWEST_FIRST', limit: 50 });
    }
    return (read * 1000) / (performance.now() - begun);
  };
  // Made in advance: in a gateway, the upstream makes them.
  const pages = Array.from({ length: 20 }, (_, page) =>
    Array.from({ length: 1_000 }, (_, index) => messageOf(page * 1_000 + index, list)),
  );
  await readFor(mostMs / 2);
  const alone = await readFor(mostMs);
  let saving = true;
  let saved = 0;
  const saves = (async () => {
    for (let turn = 0; saving; turn += 1) {
      const status = turn < pages.length ? 'read' : 'delivered';
      const messages = (pages[turn % pages.length] ?? []).map((one) => ({ ...one, status }));
      await store.savePage({ accountSid: ACCOUNT, messages, readAt: new Date() });
      saved += 1;
      await sleep(PAGE_EVERY_MS);
    }
  })();
  const beside = await readFor(mostMs);
  saving = false;
  await saves;
  const loss = Math.max(0, 1 - beside / alone);
  figures.note(
    'reads of the copy while pages are saved',
    'at most 10 % fewer',
    `${Math.round(loss * 100)} % fewer (${Math.round(beside)} of ${Math.round(alone)} a second), beside ${((saved * 1000) / mostMs).toFixed(1)} pages a second`,
    loss <= 0.1,
  );
}
