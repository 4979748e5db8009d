import { randomUUID } from 'node:crypto';
import type { Pool, PoolClient } from 'pg';
import type { Logger } from '../log.ts';
import type { Limiter } from '../twilio/transport/concurrency-limiter.ts';
import { type GatewayCalls, shareOf } from '../twilio/transport/limit-shares.ts';

/** The slots for calls to Twilio, leased through the database by the gateways that share it. */
export interface CallSlots {
  /** Shares the limit of an account with the other gateways from now on. */
  readonly follow: (accountSid: string, limiter: Limiter) => void;
  /** Gives the slots back. */
  close(): Promise<void>;
}

export interface CallSlotsOptions {
  readonly databaseUrl: string;
  readonly log: Logger;
}

/** How often gateways say what they want, and take their share. No request waits for it. */
const BEAT_MS = 1_000;
/** How long the slots of a dead gateway are its own, and those of an idle account. */
const LEASE_MS = 30_000;
const STATEMENT_TIMEOUT_MS = 2_000;
/** The share of a gateway before it has read its own. */
const FIRST = { limit: 20, slots: 4, leads: false, tries: false, rejectedElsewhere: 0 };
/** Any number: the lock under which shares are taken. */
const LOCK = 7_402_616_309;

interface Followed {
  readonly limiter: Limiter;
  /** The rejections of each other gateway, as it last said. */
  readonly rejections: Map<string, number>;
  /** Of the last call, in milliseconds; the process's own clock. */
  usedAt: number;
}

/** While the database is unavailable, each gateway has the share it had. */
export function createCallSlots({ databaseUrl, log }: CallSlotsOptions): CallSlots {
  const gateway = randomUUID();
  const accounts = new Map<string, Followed>();
  let pool: Promise<Pool> | undefined;
  let isClosed = false;
  let isFailing = false;
  let beat: Promise<void> | undefined;
  let isDue = false;

  /** Runs one beat at a time; one that becomes due meanwhile follows it. */
  function run(): void {
    isDue = true;
    beat ??= (async () => {
      while (isDue && !isClosed) {
        isDue = false;
        await takeShares();
      }
      beat = undefined;
    })();
  }
  const timer = setInterval(run, BEAT_MS).unref();

  async function takeShares(): Promise<void> {
    const at = performance.now();
    const used = new Map<string, Followed & { wanted: number }>();
    for (const [accountSid, followed] of accounts) {
      const wanted = followed.limiter.takePeak();
      if (wanted > 0) followed.usedAt = at;
      if (at - followed.usedAt < LEASE_MS) used.set(accountSid, { ...followed, wanted });
      else followed.limiter.share({ ...FIRST, limit: followed.limiter.learnt });
    }
    if (used.size === 0) return;
    try {
      pool ??= openPool(databaseUrl).catch((error) => {
        pool = undefined;
        throw error;
      });
      await exchange(await pool, gateway, used);
      if (isFailing) log.info('gateways share the calls to Twilio again');
      isFailing = false;
    } catch (err) {
      if (!isFailing && !isClosed)
        log.warn({ err }, 'the share of the calls to Twilio stays as it is: the database is unavailable');
      isFailing = true;
    }
  }

  return {
    follow(accountSid, limiter) {
      limiter.share(FIRST);
      accounts.set(accountSid, { limiter, rejections: new Map(), usedAt: performance.now() });
      run();
    },
    async close() {
      isClosed = true;
      clearInterval(timer);
      await beat;
      const opened = await pool?.catch(() => undefined);
      await opened?.query('delete from call_slots where gateway = $1', [gateway]).catch(() => {});
      await opened?.end();
    },
  };
}

/** Takes the shares of this gateway, in a transaction that no other gateway's overlaps, and says what it wants. */
async function exchange(
  pool: Pool,
  gateway: string,
  used: ReadonlyMap<string, Followed & { readonly wanted: number }>,
): Promise<void> {
  const client = await pool.connect();
  let failure: Error | undefined;
  const noteBroken = (error: Error) => {
    failure ??= error;
  };
  client.on('error', noteBroken);
  try {
    await client.query('begin');
    await client.query('select pg_advisory_xact_lock($1)', [LOCK]);
    await client.query('delete from call_slots where date_expires < clock_timestamp()');
    const stored = await read(client, [...used.keys()]);
    const rows = [...used].map(([accountSid, { limiter, wanted, rejections }]) => {
      const all = stored.get(accountSid) ?? [];
      const leads = all.some((one) => one.gateway === gateway && one.leads);
      const own = { gateway, wanted, slots: limiter.running, limit: limiter.learnt, leads };
      const others = all.filter((one) => one.gateway !== gateway);
      const rejectedElsewhere = others
        .map((one) => Math.max(0, one.rejections - (rejections.get(one.gateway) ?? one.rejections)))
        .reduce((sum, count) => sum + count, 0);
      const share = { ...shareOf(own, others), rejectedElsewhere };
      const heard = () => {
        rejections.clear();
        for (const one of others) rejections.set(one.gateway, one.rejections);
      };
      return { accountSid, limiter, wanted, share, heard, slots: Math.max(share.slots, limiter.running) };
    });
    await client.query(
      `insert into call_slots (account_sid, gateway, wanted, slots, call_limit, rejections, leads, date_expires)
       select a, $2, w, s, l, r, b, clock_timestamp() + $8::int * interval '1 millisecond'
       from unnest($1::text[], $3::int[], $4::int[], $5::int[], $6::int[], $7::bool[]) as t (a, w, s, l, r, b)
       on conflict (account_sid, gateway) do update set wanted = excluded.wanted, slots = excluded.slots,
         call_limit = excluded.call_limit, rejections = excluded.rejections, leads = excluded.leads, date_expires = excluded.date_expires`,
      [
        rows.map(({ accountSid }) => accountSid),
        gateway,
        rows.map(({ wanted }) => wanted),
        rows.map(({ slots }) => slots),
        rows.map(({ share }) => share.limit),
        rows.map(({ limiter }) => limiter.rejections),
        rows.map(({ share }) => share.leads),
        LEASE_MS,
      ],
    );
    await client.query('commit');
    // Only what is stored: the others count on it.
    for (const { limiter, share, heard } of rows) {
      heard();
      limiter.share(share);
    }
  } catch (error) {
    failure ??= error as Error;
    throw error;
  } finally {
    client.removeListener('error', noteBroken);
    // A connection that failed may still be in the transaction.
    client.release(failure);
  }
}

interface StoredCalls extends GatewayCalls {
  readonly accountSid: string;
  /** How many of its calls were rejected, ever. */
  readonly rejections: number;
}

async function read(client: PoolClient, accountSids: readonly string[]) {
  const { rows } = await client.query<StoredCalls>(
    `select account_sid as "accountSid", gateway, wanted, slots, call_limit as "limit", rejections, leads
     from call_slots where account_sid = any($1)`,
    [accountSids],
  );
  return Map.groupBy(rows, ({ accountSid }) => accountSid);
}

/** Opens a connection, and creates the table: what it has is worth nothing after a crash of the database. */
async function openPool(databaseUrl: string): Promise<Pool> {
  const [{ default: pg }, { connectionConfig }] = await Promise.all([
    import('pg'),
    import('./sql/postgres-pool.ts'),
  ]);
  const pool = new pg.Pool({ ...connectionConfig(databaseUrl, STATEMENT_TIMEOUT_MS), max: 1 });
  // Without a listener an idle connection that breaks would end the process.
  pool.on('error', () => {});
  const create = () =>
    pool.query(`create unlogged table if not exists call_slots (
      account_sid text not null,
      gateway text not null,
      wanted integer not null,
      slots integer not null,
      call_limit integer not null,
      rejections integer not null,
      leads boolean not null,
      date_expires timestamptz not null,
      primary key (account_sid, gateway)
    )`);
  // Of two gateways that create it at once, one may fail.
  await create().catch(create);
  return pool;
}
