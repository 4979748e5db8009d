import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import { StoreUnavailableError } from '../store-errors.ts';
import type { Database } from './database.ts';

export interface LeaseOptions {
  /** How long a lease holds that its owner does not renew, because it was killed. @default 15 s */
  leaseMs?: number;
  /** How long to wait for one's turn. @default 30 s */
  waitMs?: number;
}

/**
 * Lets one gateway at a time do something, by a row that says who may and until when. Unlike a lock of the
 * database it keeps no connection busy and passes through a connection pooler; the price is that after a
 * gateway was killed the others wait until its lease runs out.
 */
export function createLeases(database: Database, { leaseMs = 15_000, waitMs = 30_000 }: LeaseOptions = {}) {
  const { now } = database.engine;
  const until = sql<number>`${now} + ${sql.lit(leaseMs)}`;
  // Those of this gateway stand in line here, so that only the first of them asks the database.
  const lines = new Map<string, Promise<unknown>>();

  async function tryAcquire(name: string, owner: string): Promise<boolean> {
    const row = await database.run((db) =>
      db
        .insertInto('leases')
        .values({ name, owner, date_expires: until })
        .onConflict((conflict) =>
          conflict
            .column('name')
            .doUpdateSet({ owner, date_expires: until })
            .where('leases.date_expires', '<', now),
        )
        .returning('owner')
        .executeTakeFirst(),
    );
    return row?.owner === owner;
  }

  async function acquire(name: string): Promise<string> {
    const owner = randomUUID();
    const deadline = performance.now() + waitMs;
    while (!(await tryAcquire(name, owner))) {
      if (performance.now() > deadline) {
        throw new StoreUnavailableError(`another gateway keeps "${name}" to itself for too long.`);
      }
      await sleep(50 + Math.random() * 50);
    }
    return owner;
  }

  async function hold<T>(name: string, work: () => Promise<T>): Promise<T> {
    const owner = await acquire(name);
    const mine = { renew: true };
    const timer = setInterval(() => {
      if (mine.renew) void database.run((db) => renewal(db).execute()).catch(() => {});
    }, leaseMs / 3).unref();
    const renewal = (db: Parameters<Parameters<Database['run']>[0]>[0]) =>
      db
        .updateTable('leases')
        .set({ date_expires: until })
        .where('name', '=', name)
        .where('owner', '=', owner);
    try {
      return await work();
    } finally {
      mine.renew = false;
      clearInterval(timer);
      // A lease that cannot be given back runs out; the work is done all the same.
      await database
        .run((db) => db.deleteFrom('leases').where('name', '=', name).where('owner', '=', owner).execute())
        .catch(() => {});
    }
  }

  return function withLease<T>(name: string, work: () => Promise<T>): Promise<T> {
    const before = lines.get(name) ?? Promise.resolve();
    const turn = before.catch(() => {}).then(() => hold(name, work));
    lines.set(name, turn);
    const leave = () => {
      if (lines.get(name) === turn) lines.delete(name);
    };
    turn.then(leave, leave);
    return turn;
  };
}
