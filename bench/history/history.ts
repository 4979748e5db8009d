import { openHistory } from '../../src/history/open-history.ts';
import { killChildrenOnExit } from '../harness/child-process.ts';
import { describeMachine } from '../harness/machine.ts';
import { benchBackfill } from './backfill.ts';
import { type BenchDatabase, openPostgresBench, openSqliteBench } from './database.ts';
import { Figures } from './figures.ts';
import { readMessages, startGateway, startListUpstream } from './gateway.ts';
import { ACCOUNT, type MessageList, newestDate } from './messages.ts';
import { benchQueries, benchReadsWhileSaving } from './queries.ts';

/** The names of databases, as `--only` has them. */
const DATABASES = [
  ['sqlite', openSqliteBench],
  ['postgresql', openPostgresBench],
] as const;

export interface HistoryBenchOptions {
  readonly messages: number;
  readonly quick: boolean;
  /** `sqlite` or `postgresql`; both if there is none. */
  readonly only: readonly string[] | undefined;
  log(line: string): void;
}

/** Copies a list into each database and measures it against the targets. @returns the table */
export async function benchHistory({ messages, quick, only, log }: HistoryBenchOptions): Promise<string> {
  killChildrenOnExit();
  const begun = performance.now();
  const timed = (line: string) =>
    log(`${((performance.now() - begun) / 1000).toFixed(0).padStart(5)} s ${line}`);
  const list: MessageList = { total: messages, newest: newestDate(), isChanged: false };
  const chosen = DATABASES.filter(([name]) => !only || only.includes(name));
  const figures = new Figures(
    chosen.map(([name]) => (name === 'sqlite' ? 'SQLite' : 'PostgreSQL')),
    timed,
  );
  const readsMs = quick ? 2_000 : 10_000;
  const memoryWithout = await measureWithout(list, readsMs);
  for (const [, open] of chosen) {
    const database = await open();
    figures.begin(database.name);
    try {
      await benchDatabase(database, { list, memoryWithout, quick, readsMs, figures, log: timed });
    } catch (error) {
      // The other database is measured all the same.
      figures.note('the rest', '', `not measured: ${error instanceof Error ? error.message : error}`, false);
    }
    await database.close();
  }
  const { cpu, cores } = describeMachine(null);
  const seconds = ((performance.now() - begun) / 1000).toFixed(0);
  return `${figures.table(`${messages.toLocaleString('en')} messages`)}\n\n${cores} cores of ${cpu}, ${new Date().toISOString().slice(0, 10)}, in ${seconds} s.`;
}

/** @returns the most memory of a gateway without a history, in MiB */
async function measureWithout(list: MessageList, readsMs: number): Promise<number> {
  const upstream = await startListUpstream(list);
  const gateway = await startGateway(upstream.url, { HISTORY: 'off' });
  await readMessages(gateway, list.total, readsMs * 2);
  const peak = gateway.peak();
  await gateway.stop();
  await upstream.stop();
  return peak;
}

interface DatabaseOptions {
  readonly list: MessageList;
  readonly memoryWithout: number;
  readonly quick: boolean;
  readonly readsMs: number;
  readonly figures: Figures;
  log(line: string): void;
}

async function benchDatabase(database: BenchDatabase, options: DatabaseOptions): Promise<void> {
  const { list, quick, readsMs, figures, log } = options;
  const upstream = await startListUpstream(list);
  const store = openHistory(database.location);
  const perMessage = async () =>
    Math.round((await database.bytes()) / Math.max(1, (await store.status(ACCOUNT)).messages));
  try {
    const mostMs = quick ? 120_000 : 400_000;
    await benchBackfill({ ...options, upstream, database, store, mostMs });
    const filled = await perMessage();
    await database.settle?.();
    await store.compact();
    const compacted = await perMessage();
    figures.note(
      'disk with the text index, a message of 100 characters',
      'at most 600 bytes',
      database.settle
        ? `${compacted} bytes after a vacuum; ${filled} before`
        : `${compacted} bytes after \`compact\`; ${filled} before`,
      compacted <= 600,
    );
    const cpuOfDatabase = () => database.cpu();
    await benchQueries({ figures, list, store, mostMs: quick ? 1_500 : 4_000, cpuOfDatabase });
    await benchReadsWhileSaving(store, list, figures, readsMs / 2);
  } finally {
    log('    closing');
    await store.close();
    await upstream.stop();
  }
}
