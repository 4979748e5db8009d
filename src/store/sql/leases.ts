import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import { StoreUnavailableError } from '../store-errors.ts';
import type { Database } from './database.ts';

export interface LeaseOptions {
  /** Lifetime of a lease that its owner does not renew. @default 15 s */
  leaseMs?: number;
  /** Maximum wait for a lease. @default 30 s */
  waitMs?: number;
}

/**
 * Creates a lock across gateways: a row with its owner and expiry. Unlike a lock of the database, it occupies no
 * connection and works through a connection pooler; but after a gateway was killed, the others wait until its
 * lease expires.
 */
export function createLeases(database: Database, { leaseMs = 15_000, waitMs = 30_000 }: LeaseOptions = {}) {
  const { now } = database.engine;
  const until = sql<number>`${now} + ${sql.lit(leaseMs)}`;
  // Callers in this gateway queue here, so that only the first polls the database.
  const queues = new Map<string, Promise<unknown>>();

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
        throw new StoreUnavailableError(`another gateway holds the lease "${name}" for too long.`);
      }
      await sleep(50 + Math.random() * 50);
    }
    return owner;
  }

  async function hold<T>(name: string, work: () => Promise<T>): Promise<T> {
    const owner = await acquire(name);
    const renew = () =>
      database.run((db) =>
        db
          .updateTable('leases')
          .set({ date_expires: until })
          .where('name', '=', name)
          .where('owner', '=', owner)
          .execute(),
      );
    const timer = setInterval(() => void renew().catch(() => {}), leaseMs / 3).unref();
    try {
      return await work();
    } finally {
      clearInterval(timer);
      // A lease that cannot be released expires; the result stays valid.
      await database
        .run((db) => db.deleteFrom('leases').where('name', '=', name).where('owner', '=', owner).execute())
        .catch(() => {});
    }
  }

  return function withLease<T>(name: string, work: () => Promise<T>): Promise<T> {
    const before = queues.get(name) ?? Promise.resolve();
    const result = before.catch(() => {}).then(() => hold(name, work));
    queues.set(name, result);
    const dequeue = () => {
      if (queues.get(name) === result) queues.delete(name);
    };
    result.then(dequeue, dequeue);
    return result;
  };
}
