import { describe, expect, test, vi } from 'vitest';
import { createReadAudit } from '../../src/admin/read-audit.ts';
import type { NewAuditEntry } from '../../src/store/records.ts';
import { CACHE } from '../kit.ts';
import { createManagedKit } from '../managed-kit.ts';

const READS =
  '{ messages(first: 3, filter: { hasMedia: true }) { nodes { sid to body media { sid url } } } }';

const LIST = '{ messages(first: 5) { nodes { sid } } }';

async function openKit() {
  const kit = await createManagedKit({
    config: { auditReads: true, cache: CACHE },
    sandbox: { messages: 0 },
  });
  for (let index = 0; index < 5; index += 1) {
    kit.sandbox.addMessage('parent', { body: `text ${index} of a person`, num_media: '1' });
  }
  kit.sandbox.addMessage('active', { body: 'of another' });
  const ids = [await kit.addCredential('main'), await kit.addCredential('second', 1)];
  return { ...kit, ids, sids: [kit.sandbox.accounts.parent.sid, kit.sandbox.accounts.active.sid] };
}

/** Ends the gateway, which stores what is left, and returns the entries of reads. */
async function readsOf({ gateway, store }: Awaited<ReturnType<typeof openKit>>) {
  await gateway.close();
  const entries = await store.listAudit({ limit: 100 });
  return entries.filter(({ action }) => action.endsWith('.read'));
}

describe('with AUDIT_READS, the audit has the accounts that each caller read', () => {
  test('by GraphQL, export and media link; cached responses count, too', async () => {
    const kit = await openKit();
    const { authorization } = await kit.readerKey(kit.ids, { name: 'case tool' });
    const { data } = await kit.query(READS, {}, { authorization });
    for (let times = 0; times < 4; times += 1) await kit.query(LIST, {}, { authorization });
    expect(kit.lines.some((line) => JSON.parse(line).kept)).toBe(true);
    await kit.query(
      'query Others { messages(in: { all: true }, first: 1) { nodes { sid } } }',
      {},
      { authorization },
    );
    const file = await kit.gateway.fetch('http://localhost/export/messages.csv', {
      headers: { authorization },
    });
    await file.text();
    const link = data.messages.nodes[0].media[0].url;
    await (await kit.gateway.fetch(link)).arrayBuffer();
    await kit.admin('{ message(sid: "SM00000000000000000000000000000000") { sid } viewer { name } }');

    const entries = await readsOf(kit);
    const [parent, active] = kit.sids;
    const found = entries.map(({ actor, action, target, detail }) => [
      actor,
      action,
      target,
      detail?.requests,
    ]);
    expect(found.sort()).toEqual([
      ['case tool', 'media.read', parent, 2],
      ['case tool', 'messages.read', active, 1],
      ['case tool', 'messages.read', parent, 7],
    ]);
    expect(entries.find(({ target }) => target === active)?.detail?.operations).toEqual(['Others']);
    // Neither numbers nor texts nor SIDs of messages.
    const text = JSON.stringify(entries);
    for (const { to, body, sid } of data.messages.nodes) {
      for (const secret of [to.replace(/^\w+:/, ''), body, sid]) {
        if (secret) expect(text).not.toContain(secret);
      }
    }
  });

  test('without it, only changes are recorded', async () => {
    const kit = await createManagedKit();
    const { authorization } = await kit.readerKey([await kit.addCredential('main')]);
    await kit.query(READS, {}, { authorization });
    await kit.gateway.close();
    const actions = (await kit.store.listAudit({ limit: 100 })).map(({ action }) => action);
    expect(actions).toEqual(['api-key.create', 'credential.add']);
  });
});

describe('reads of one caller and account', () => {
  const read = (name: string, ...operations: string[]) => ({
    caller: { name, origin: '203.0.113.7' },
    accesses: ['messages AC1'],
    operations,
  });

  test('are one entry, with the first and the last time', async () => {
    const stored: NewAuditEntry[] = [];
    let now = 1_000;
    const audit = createReadAudit({
      store: { appendAudit: async (entry) => void stored.push(entry) },
      log: { error: () => {} } as never,
      now: () => now,
    });
    for (const operation of ['A', 'B', 'A']) {
      audit.add(read('anna', operation));
      now += 1_000;
    }
    audit.add(read('ben'));
    await audit.close();
    expect(stored).toMatchObject([
      {
        at: new Date(1_000),
        actor: 'anna',
        action: 'messages.read',
        target: 'AC1',
        origin: '203.0.113.7',
        detail: { requests: 3, operations: ['A', 'B'], until: '1970-01-01T00:00:03.000Z' },
      },
      { actor: 'ben', detail: { requests: 1 } },
    ]);
  });

  test('are kept while the database is unavailable, and stored once', async () => {
    vi.useFakeTimers();
    try {
      const stored: NewAuditEntry[] = [];
      let isDown = true;
      const error = vi.fn();
      const audit = createReadAudit({
        store: {
          appendAudit: async (entry) => {
            if (isDown) throw new Error('down');
            stored.push(entry);
          },
        },
        log: { error } as never,
        now: Date.now,
        flushMs: 10,
      });
      audit.add(read('anna'));
      await vi.advanceTimersByTimeAsync(15);
      audit.add(read('anna'));
      await vi.advanceTimersByTimeAsync(10);
      expect(error).toHaveBeenCalled();
      isDown = false;
      await audit.close();
      expect(stored).toMatchObject([{ actor: 'anna', detail: { requests: 2 } }]);
    } finally {
      vi.useRealTimers();
    }
  });
});

describe('auditEntries', () => {
  const LIST = `query($first: Int, $after: String, $action: String, $actor: String, $since: DateTime, $until: DateTime) {
    auditEntries(first: $first, after: $after, action: $action, actor: $actor, since: $since, until: $until) {
      nodes { id at actor action subject origin detail } pageInfo { hasNextPage hasPreviousPage endCursor }
    }
  }`;

  test('are paged and filtered', async () => {
    const kit = await createManagedKit();
    const before = new Date();
    const credentialIds = [await kit.addCredential('main')];
    for (const name of ['one', 'two', 'three']) await kit.readerKey(credentialIds, { name });
    const nodes: { action: string; detail: string }[] = [];
    for (let after: string | null = null, pages = 0; pages === 0 || after; pages += 1) {
      const { data } = await kit.admin(LIST, { first: 3, after });
      nodes.push(...data.auditEntries.nodes);
      after = data.auditEntries.pageInfo.hasNextPage ? data.auditEntries.pageInfo.endCursor : null;
    }
    expect(nodes.map(({ action }) => action)).toEqual([
      'api-key.create',
      'api-key.create',
      'api-key.create',
      'credential.add',
    ]);
    expect(JSON.parse(nodes[0]?.detail ?? '')).toMatchObject({ name: 'three' });

    const count = async (filter: object) => (await kit.admin(LIST, filter)).data.auditEntries.nodes.length;
    expect(await count({ action: 'credential.add' })).toBe(1);
    expect(await count({ actor: 'GATEWAY_ADMIN_KEY' })).toBe(4);
    expect(await count({ actor: 'anna' })).toBe(0);
    expect(await count({ since: before.toISOString() })).toBe(4);
    expect(await count({ until: before.toISOString() })).toBe(0);
  });

  test.each([
    [{ first: 0 }, 'BAD_USER_INPUT'],
    [{ first: 1_001 }, 'BAD_USER_INPUT'],
    [{ after: 'YXVkaXQ6LTE' }, 'CURSOR_INVALID'],
    [{ after: 'x'.repeat(5_000) }, 'CURSOR_INVALID'],
  ])('with %j are rejected', async (variables, code) => {
    const kit = await createManagedKit();
    const { data, errors } = await kit.admin(LIST, variables);
    expect(data).toEqual({ auditEntries: null });
    expect(errors?.[0]?.extensions.code).toBe(code);
  });

  test('are for ADMIN only', async () => {
    const kit = await createManagedKit();
    const { authorization } = await kit.readerKey([await kit.addCredential('main')]);
    const { data, errors } = await kit.query(LIST, {}, { authorization });
    expect(data).toEqual({ auditEntries: null });
    expect(errors?.[0]?.extensions.code).toBe('FORBIDDEN');
  });
});
