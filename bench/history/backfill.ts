import { setTimeout as sleep } from 'node:timers/promises';
import type { HistoryStore, MessageKey, SliceState } from '../../src/history/history-store.ts';
import type { BenchDatabase } from './database.ts';
import type { Figures } from './figures.ts';
import { type BenchGateway, type ListUpstream, readHistory, readMessages, startGateway } from './gateway.ts';
import { ACCOUNT, isDeleted, type MessageList, messageOf } from './messages.ts';

/** The slices that a gateway reads side by side, and the time of a list, as upstream.ts has it. */
const SLICES = 8;
const LIST_MS = 300;
const POLL_MS = 250;
const LOG_EVERY_MS = 10_000;

export interface BackfillOptions {
  readonly figures: Figures;
  readonly list: MessageList;
  readonly upstream: ListUpstream;
  readonly database: BenchDatabase;
  readonly store: HistoryStore;
  /** The most memory of a gateway without a history, in MiB. */
  readonly memoryWithout: number;
  /** After this time, the first copy is given up. */
  readonly mostMs: number;
  /** How long messages are read in each measurement of reads. */
  readonly readsMs: number;
  log(line: string): void;
}

/** A gateway makes the first copy of a list, while messages are read; then its copy is compared with the list. */
export async function benchBackfill(options: BackfillOptions): Promise<void> {
  const { figures, list, upstream, database, store, memoryWithout, mostMs, readsMs, log } = options;
  const gateway = await startGateway(upstream.url, { HISTORY: 'on', ...database.env });
  try {
    await readMessages(gateway, list.total, readsMs / 2);
    const cpuAlone = gateway.cpu();
    const alone = await readMessages(gateway, list.total, readsMs);
    const before = await upstream.counts();
    const cpuBefore = gateway.cpu();
    const cpuOfRead = ((cpuBefore - cpuAlone) / (alone * readsMs)) * 1000;
    const databaseBefore = database.cpu();
    const begun = performance.now();
    await store.setPolicy({
      accountSid: ACCOUNT,
      enabled: true,
      paused: false,
      keepsBodies: true,
      days: null,
    });
    const reading = readBeside(gateway, list, store, readsMs);
    const isCurrent = await untilCurrent(store, mostMs, log);
    const seconds = (performance.now() - begun) / 1000;
    const beside = await reading;
    const counts = await upstream.counts();
    const lists = counts.lists - before.lists;
    const bound = (lists * LIST_MS) / SLICES / 1000;
    const cpu = gateway.cpu() - cpuBefore - cpuOfRead * (counts.messages - before.messages);
    const { messages } = await store.status(ACCOUNT);
    const target = (180 * list.total) / 1e6;
    const done = isCurrent ? `${seconds.toFixed(0)} s` : `stopped after ${seconds.toFixed(0)} s`;
    figures.note(
      `first copy, 300 ms a page, 5 % of 429s: ${lists} calls`,
      `under ${Math.max(1, Math.round(target))} s`,
      `${done}; ${(seconds / bound).toFixed(1)} × the upstream’s ${bound.toFixed(0)} s`,
      isCurrent && seconds < target,
    );
    const both = cpu + database.cpu() - databaseBefore;
    figures.note(
      'processor for it, with the calls',
      '',
      `${both.toFixed(0)} s (gateway ${cpu.toFixed(0)} s), ${Math.round(messages / both).toLocaleString('en')} messages a second`,
      null,
    );
    const loss = beside === null ? Number.NaN : Math.max(0, 1 - beside / alone);
    figures.note(
      'interactive reads of Twilio meanwhile',
      'at most 10 % fewer',
      beside === null
        ? 'not measured'
        : `${Math.round(loss * 100)} % fewer (${Math.round(beside)} of ${Math.round(alone)} a second)`,
      beside === null ? null : loss <= 0.1,
    );
    const EQUAL = 'equal to the upstream afterwards, row by row';
    if (isCurrent) {
      await upstream.change();
      const changed = { ...list, isChanged: true };
      await readAgain(store, changed, Math.min(mostMs, 60_000), log);
      const { differences, rows, isStopped } = await compare(store, changed, mostMs / 5);
      const compared = `${rows.toLocaleString('en')} rows${isStopped ? ', stopped after these' : ''}`;
      figures.note(
        EQUAL,
        'no difference',
        differences === 0 ? compared : `${differences} differences of ${compared}`,
        differences === 0,
      );
    } else figures.note(EQUAL, 'no difference', 'not compared: the copy was stopped', false);
    await readHistory(gateway);
    const more = gateway.peak() - memoryWithout;
    figures.note(
      'memory of the gateway, at most',
      'at most 150 MiB more than without',
      `${Math.round(more)} MiB more than ${Math.round(memoryWithout)}`,
      more <= 150,
    );
    const idle = callsAMinute(await store.slices(ACCOUNT), list.total);
    figures.note(
      'calls of an idle account, by the times at which its parts are due',
      'under 1 a minute',
      idle.toFixed(2),
      idle < 1,
    );
  } finally {
    await gateway.stop();
  }
}

/** Measures reads as soon as pages are saved. @returns reads per second; null if the copy was finished meanwhile */
async function readBeside(
  gateway: BenchGateway,
  { total }: MessageList,
  store: HistoryStore,
  readsMs: number,
): Promise<number | null> {
  for (let waited = 0; (await store.status(ACCOUNT)).messages < 4_000; waited += POLL_MS) {
    if (waited > 30_000) return null;
    await sleep(POLL_MS);
  }
  const beside = await readMessages(gateway, total, readsMs);
  const { messages, slicesDone, slicesTotal } = await store.status(ACCOUNT);
  const isBusy = messages < total || slicesDone < slicesTotal;
  return isBusy ? beside : null;
}

/** @returns false if the time is over before */
async function untilCurrent(
  store: HistoryStore,
  mostMs: number,
  log: (line: string) => void,
): Promise<boolean> {
  const begun = performance.now();
  for (let logged = begun; performance.now() - begun < mostMs; await sleep(POLL_MS)) {
    const { messages, slicesDone, slicesTotal, lastError, asOf } = await store.status(ACCOUNT);
    if (asOf !== null && slicesTotal > 3 && slicesDone === slicesTotal) return true;
    if (performance.now() - logged < LOG_EVERY_MS) continue;
    logged = performance.now();
    const seconds = ((logged - begun) / 1000).toFixed(0);
    log(
      `    ${seconds} s: ${messages} messages, ${slicesDone} of ${slicesTotal} parts${lastError ? `; ${lastError}` : ''}`,
    );
  }
  return false;
}

/** Makes the parts due in which messages have changed, and waits until they were read. */
async function readAgain(
  store: HistoryStore,
  { newest }: MessageList,
  mostMs: number,
  log: (line: string) => void,
): Promise<void> {
  const since = newest - 11 * 86_400_000;
  const isPart = ({ until }: SliceState) => until !== null && until.getTime() >= since;
  const parts = (await store.slices(ACCOUNT)).filter(isPart);
  const asked = Date.now();
  await store.reschedule(
    ACCOUNT,
    parts.map(({ key }) => key),
    { dueAt: new Date(0), rank: 0 },
  );
  const begun = performance.now();
  while (performance.now() - begun < mostMs) {
    const left = (await store.slices(ACCOUNT)).filter(
      (one) => isPart(one) && (one.doneAt?.getTime() ?? 0) < asked,
    );
    if (left.length === 0) return;
    await sleep(POLL_MS);
  }
  log('    the changed parts were not read again in time');
}

/** Compares all messages of the copy with those of the upstream, in order. */
async function compare(
  store: HistoryStore,
  list: MessageList,
  mostMs: number,
): Promise<{ readonly differences: number; readonly rows: number; readonly isStopped: boolean }> {
  const begun = performance.now();
  const query = { accountSids: [ACCOUNT], criteria: {} };
  let after: MessageKey | undefined;
  let number = 0;
  let rows = 0;
  let differences = 0;
  for (let more = true; more; ) {
    const page = await store.list(query, { order: 'NEWEST_FIRST', limit: 1_000, after });
    for (const message of page.messages) {
      while (isDeleted(number, list)) number += 1;
      const expected = number < list.total ? messageOf(number, list) : undefined;
      const isEqual =
        expected && Object.entries(expected).every(([name, value]) => message[name as 'sid'] === value);
      if (!isEqual) differences += 1;
      number += 1;
      rows += 1;
    }
    const last = page.messages.at(-1);
    more = page.more && last !== undefined;
    if (more && (differences > 1_000 || performance.now() - begun > mostMs)) {
      return { differences, rows, isStopped: true };
    }
    if (last) after = { time: Date.parse(last.date_created ?? ''), sid: last.sid.slice(2) };
  }
  while (number < list.total && isDeleted(number, list)) number += 1;
  return { differences: differences + Math.max(0, list.total - number), rows, isStopped: false };
}

/** How often the parts of an account are read, from when each is due after its last read. */
function callsAMinute(slices: readonly SliceState[], total: number): number {
  const pages = (share: number) => Math.max(1, Math.ceil((total * share) / 1_000));
  return slices.reduce((sum, { since, until, dueAt, doneAt, key }) => {
    if (!dueAt || !doneAt) return sum;
    const days = since && until ? (until.getTime() - since.getTime()) / 86_400_000 : 0;
    // Without a range: the newest messages, three days without any, and the whole list.
    const calls = days > 0 ? pages(days / 390) : key === 'undated' ? pages(1) : 1;
    return sum + calls / Math.max(1, (dueAt.getTime() - doneAt.getTime()) / 60_000);
  }, 0);
}
