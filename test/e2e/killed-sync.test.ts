import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, onTestFinished, test, vi } from 'vitest';
import { generateEncryptionKey } from '../../src/config/encryption-keys.ts';
import { postgresHistory, sqliteHistory, type TestHistory } from '../history/stores.ts';
import { againAll, policyOf, settled, stored, upstream } from '../history/sync/sync-suite.ts';
import { query } from '../store/postgres.ts';
import { run } from './process.ts';

const KILLS = { SQLite: 3, PostgreSQL: 2 };

/** Ends every lease, as half a minute would. */
async function expireLeases({ name }: TestHistory, location: string): Promise<void> {
  const statement = 'update history_slice set lease_until = 0 where lease_until is not null';
  if (name === 'PostgreSQL') await query(location, statement);
  else {
    const database = new DatabaseSync(location);
    database.exec(statement);
    database.close();
  }
}

test.each([sqliteHistory, postgresHistory])(
  'a gateway that is killed again and again while it syncs has every message once, and none that was deleted (%#)',
  async (engineOf) => {
    const engine = engineOf();
    const folder = mkdtempSync(join(tmpdir(), 'gateway-killed-'));
    await engine.start();
    const location = await engine.empty();
    const twilio = upstream({ messages: 500 });
    const { sandbox, accountSid } = twilio;
    sandbox.set({ latencyMs: 25, maxItemsPerPage: 15 });
    const listener = await sandbox.listen();
    const store = await engine.open(location);
    onTestFinished(async () => {
      await store.close();
      await listener.close();
      await engine.stop();
      rmSync(folder, { recursive: true, force: true });
    });
    await store.setPolicy(policyOf(accountSid));
    const { clientId, clientSecret } = sandbox.apps[0] ?? { clientId: '', clientSecret: '' };
    const env = {
      PORT: '0',
      HISTORY: 'on',
      TWILIO_API_URL: listener.url,
      TWILIO_OAUTH_URL: listener.url,
      TWILIO_CLIENT_ID: clientId,
      TWILIO_CLIENT_SECRET: clientSecret,
      TWILIO_ACCOUNT_SID: accountSid,
      GATEWAY_ENCRYPTION_KEYS: generateEncryptionKey(),
      ...(engine.name === 'SQLite'
        ? { HISTORY_FILE: location, DATABASE_FILE: join(folder, 'gateway.db') }
        : { DATABASE_URL: location }),
    };
    const start = () => run(['src/main.ts'], env);
    const pages = () => sandbox.calls.filter(({ path }) => path.includes('/Messages.json')).length;
    const arrive = (isUndated: boolean, minutesAgo: number) =>
      twilio.apply({ kind: 'arrive', minutesAgo, isUndated, isDelivered: false });
    for (let index = 0; index < 40; index += 1) arrive(index % 4 === 0, 30 + index * 900);

    const before = (await twilio.rows()).map(({ sid }) => sid);

    for (let kill = 0; kill < KILLS[engine.name]; kill += 1) {
      sandbox.clearCalls();
      const gateway = start();
      // Anywhere between the first call and the last.
      const after = 1 + Math.floor(Math.random() * 40);
      await vi.waitFor(() => expect(pages()).toBeGreaterThanOrEqual(after), { timeout: 60_000, interval: 5 });
      gateway.child.kill('SIGKILL');
      await gateway.exited;
      for (let index = 0; index < 3; index += 1) {
        twilio.apply({ kind: 'delete', index: kill * 7 + index });
        twilio.apply({ kind: 'redact', index: kill * 11 + index });
        arrive(index === 0, 40 + index * 5_000);
      }
      await expireLeases(engine, location);
    }
    const last = start();
    await settled(store, accountSid);
    // Each slice was read once, over several lives: nothing was lost on the way.
    const kept = new Set((await stored(store, accountSid)).map(({ sid }) => sid));
    const left = new Set((await twilio.rows()).map(({ sid }) => sid));
    expect(before.filter((sid) => left.has(sid) && !kept.has(sid))).toEqual([]);
    // What changed behind a slice is found by its next read.
    await againAll(store, accountSid);
    await settled(store, accountSid);
    last.child.kill('SIGTERM');
    expect(await last.exited).toBe(0);
    const rows = await twilio.rows();
    expect(rows.length).toBeGreaterThan(450);
    expect(await stored(store, accountSid)).toEqual(rows);
    // The counts were saved with the pages, or not at all.
    expect((await store.status(accountSid)).messages).toBe(rows.length);
    const { total } = await store.stats({ accountSids: [accountSid], criteria: {}, dimensions: [] });
    expect(total.messages).toBe(rows.length);
  },
  300_000,
);
