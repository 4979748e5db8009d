import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { HistoryStore } from '../../src/history/history-store.ts';
import { openHistory } from '../../src/history/open-history.ts';
import type { MessageCriteria } from '../../src/pagination/message-filter.ts';
import { query, startPostgres } from '../../test/store/postgres.ts';
import { ACCOUNT, createDice, pageOf, RARE_WORD } from './messages.ts';

const PAGE = 1_000;
/** A read is repeated until this time is over, in ms, but at least five times. */
const MOST_MS = 20_000;
/** The time that the upstream needs for a page, in ms, and the slices that are read side by side. */
const UPSTREAM = { pageMs: 300, slices: 8 };

/** A figure of one database, and the target it has to reach. */
interface Row {
  readonly what: string;
  readonly target: string;
  readonly figures: string[];
  readonly reached: boolean[];
}

/** Fills a history of either database and measures it against the targets. @returns the table */
export async function benchHistory(messages: number, log: (line: string) => void): Promise<string> {
  const rows = new Map<string, Row>();
  const note = (what: string, target: string, figure: string, reached: boolean) => {
    const row = rows.get(what) ?? { what, target, figures: [], reached: [] };
    rows.set(what, row);
    row.figures.push(figure);
    row.reached.push(reached);
    log(`  ${what}: ${figure} (${target})`);
  };

  log(`SQLite, ${messages} messages`);
  const folder = mkdtempSync(join(tmpdir(), 'bench-history-'));
  const sqlite = openHistory({ file: join(folder, 'history.db') });
  await measure(sqlite, messages, note, async () =>
    readdirSync(folder).reduce((sum, name) => sum + statSync(join(folder, name)).size, 0),
  );
  await sqlite.close();
  rmSync(folder, { recursive: true });

  log(`PostgreSQL, ${messages} messages`);
  const server = await startPostgres();
  const databaseUrl = await server.createDatabase();
  const postgres = openHistory({ databaseUrl, file: '' });
  const size = async () => {
    const [row] = await query(databaseUrl, 'select pg_database_size(current_database()) as size');
    return Number((row as { size: string }).size);
  };
  // As autovacuum does in time.
  await measure(postgres, messages, note, size, () => query(databaseUrl, 'vacuum analyze'));
  await postgres.close();
  await server.close();

  const cell = ({ figures, reached }: Row, index: number) =>
    `${figures[index]}${reached[index] ? '' : ' **missed**'}`;
  return [
    `| ${messages.toLocaleString('en')} messages | target | SQLite | PostgreSQL |`,
    '| --- | --- | --- | --- |',
    ...[...rows.values()].map((row) => `| ${row.what} | ${row.target} | ${cell(row, 0)} | ${cell(row, 1)} |`),
  ].join('\n');
}

type Note = (what: string, target: string, figure: string, reached: boolean) => void;

async function measure(
  store: HistoryStore,
  messages: number,
  note: Note,
  bytes: () => Promise<number>,
  prepare: () => Promise<unknown> = async () => {},
): Promise<void> {
  // The time to make the messages does not count for the store.
  for (let page = 0; page < 50; page += 1) pageOf(page, PAGE, messages);
  const memory = process.memoryUsage.rss();
  await store.setPolicy({ accountSid: ACCOUNT, enabled: true, paused: false, keepsBodies: true, days: null });
  const pages = Math.ceil(messages / PAGE);
  const begun = performance.now();
  for (let page = 0; page < pages; page += 1) {
    await store.savePage({ accountSid: ACCOUNT, messages: pageOf(page, PAGE, messages), readAt: new Date() });
  }
  const seconds = (performance.now() - begun) / 1000;
  const upstream = (pages * UPSTREAM.pageMs) / UPSTREAM.slices / 1000;
  note(
    `saving all pages; the upstream needs ${upstream.toFixed(0)} s`,
    `under ${Math.round((180 * messages) / 1e6)} s`,
    `${seconds.toFixed(0)} s, ${Math.round(messages / seconds).toLocaleString('en')} a second`,
    seconds < (180 * messages) / 1e6,
  );
  await store.compact();
  await prepare();
  const perMessage = (await bytes()) / messages;
  note(
    'disk, with the text index',
    'at most 600 bytes a message',
    `${Math.round(perMessage)} bytes`,
    perMessage <= 600,
  );

  const everything = { accountSids: [ACCOUNT], criteria: {} as MessageCriteria };
  const timed = async (
    what: string,
    [p50, p99]: [number, number],
    work: (turn: number) => Promise<unknown>,
  ) => {
    const times: number[] = [];
    const begun = performance.now();
    for (let turn = 0; turn < 210; turn += 1) {
      const start = performance.now();
      await work(turn);
      times.push(performance.now() - start);
      if (times.length >= 5 && performance.now() - begun > MOST_MS) break;
    }
    // The first ones warm up.
    times.splice(0, Math.floor(times.length / 20));
    times.sort((a, b) => a - b);
    const at = (share: number) => times[Math.floor(times.length * share)] ?? 0;
    note(
      what,
      `p50 under ${p50} ms, p99 under ${p99} ms`,
      `${at(0.5).toFixed(1)} / ${at(0.99).toFixed(1)} ms`,
      at(0.5) < p50 && at(0.99) < p99,
    );
  };
  const list = (criteria: MessageCriteria) =>
    store.list({ ...everything, criteria }, { order: 'NEWEST_FIRST', limit: 50 });
  const dice = createDice(7);
  const day = (days: number) => new Date(Date.UTC(2026, 10, 27) - days * 86_400_000);

  await timed('statistics by day, status and error code', [50, 300], () =>
    store.stats({ ...everything, dimensions: ['status', 'errorCode'], interval: 'DAY' }),
  );
  await timed('the same in Berlin’s time, by country', [50, 300], () =>
    store.stats({
      ...everything,
      dimensions: ['status', 'country'],
      interval: 'DAY',
      timeZone: 'Europe/Berlin',
    }),
  );
  await timed('a page of 50, newest', [10, 50], () => list({}));
  await timed('… with a status', [10, 50], (turn) => list({ status: [turn % 2 ? 'failed' : 'undelivered'] }));
  await timed('… with an error code in a month', [10, 50], (turn) =>
    list({ errorCode: [30_003, 30_034], dateCreated: { since: day(60 + turn), until: day(30 + turn) } }),
  );
  await timed('… of a country and channel', [10, 50], (turn) =>
    list({ country: [turn % 2 ? 'DE' : 'AU'], channel: ['WHATSAPP'] }),
  );
  await timed('… with a frequent word', [10, 50], () => list({ text: 'invoice doctor' }));
  await timed('… with a rare word', [10, 50], () => list({ text: RARE_WORD }));
  await timed('a thread of 50', [10, 50], () => {
    const person = Math.floor(dice() ** 2 * 100_000);
    const prefix = ['+1415555', '+1212555', '+4915112', '+4479460', '+3361234', '+6140000'][person % 6];
    return list({ participant: `${prefix}${String(person).padStart(6, '0').slice(-5)}` });
  });
  await timed('50 threads with summaries', [10, 50], () => store.threads(everything, { limit: 50 }));
  await timed('exact count of a filter', [50, 300], () =>
    store.count({ ...everything, criteria: { status: ['failed'], country: ['DE'] } }),
  );
  const pagesPerSecond = async (ms: number) => {
    const begun = performance.now();
    let read = 0;
    for (; performance.now() - begun < ms; read += 1) await list({ status: ['failed'] });
    return (read * 1000) / (performance.now() - begun);
  };
  const alone = await pagesPerSecond(3_000);
  let saving = true;
  const saves = (async () => {
    for (let page = 0; saving; page = (page + 1) % pages) {
      const again = pageOf(page, PAGE, messages).map((one) => ({ ...one, status: 'read' }));
      await store.savePage({ accountSid: ACCOUNT, messages: again, readAt: new Date() });
      // As fast as the upstream gives pages to slices that are read side by side.
      await new Promise((resolve) => setTimeout(resolve, UPSTREAM.pageMs / UPSTREAM.slices));
    }
  })();
  const beside = await pagesPerSecond(3_000);
  saving = false;
  await saves;
  const loss = Math.max(0, 1 - beside / alone);
  note(
    'reads of the copy while pages are saved',
    'at most 10 % fewer',
    `${Math.round(loss * 100)} % fewer`,
    loss <= 0.1,
  );
  const more = (process.memoryUsage.rss() - memory) / 2 ** 20;
  note('memory', 'at most 150 MiB more', `${Math.round(more)} MiB`, more <= 150);
}
