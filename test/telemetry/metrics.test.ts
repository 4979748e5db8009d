import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { createSandbox } from '../../src/sandbox/sandbox.ts';
import { createFixedStore } from '../../src/store/fixed-store.ts';
import { createLazyMetrics } from '../../src/telemetry/lazy-metrics.ts';
import { CACHE, createKit, type Kit, type KitOptions, noErrors } from '../kit.ts';
import { ADMIN_KEY, createManagedKit } from '../managed-kit.ts';
import { samplesOf, valueIn } from './exposition.ts';

function meteredKit(options: KitOptions = {}) {
  const telemetry = createLazyMetrics();
  const kit = createKit({ telemetry, ...options });
  return { ...kit, kit, scrape: () => scrape(kit) };
}

async function scrape(kit: Kit): Promise<string> {
  return (await kit.gateway.fetch('http://localhost/metrics')).text();
}

describe('/metrics', () => {
  test('GraphQL requests, by known operation and by outcome', async () => {
    const { query, gateway, scrape } = meteredKit();
    await gateway.fetch('http://localhost/graphql?documentId=RetrieveAccount');
    await query('query ListMessages { messages(first: 0) { nodes { sid } } }');
    for (const name of ['Mine', 'Yours', 'P14155550123']) await query(`query ${name} { account { sid } }`);
    await query('{ nothing }');
    await gateway.fetch('http://localhost/graphql', { headers: { accept: 'text/html' } });
    await gateway.fetch('http://localhost/health');
    const text = await scrape();
    const requests = 'twilio_gateway_requests_total';
    expect(valueIn(text, requests, { operation: 'RetrieveAccount', outcome: 'ok' })).toBe(1);
    expect(valueIn(text, requests, { operation: 'ListMessages', outcome: 'input' })).toBe(1);
    expect(valueIn(text, requests, { operation: 'other', outcome: 'ok' })).toBe(3);
    expect(valueIn(text, requests, { operation: 'other', outcome: 'input' })).toBe(1);
    expect(valueIn(text, 'twilio_gateway_request_duration_seconds_count', { operation: 'other' })).toBe(4);
    expect(text).not.toMatch(/Mine|Yours|14155550123/);
  });

  test('the first scrape has the version, and a series for each metric but those without known labels', async () => {
    const text = await meteredKit().scrape();
    const { version } = JSON.parse(readFileSync('package.json', 'utf8'));
    const info = samplesOf(text).filter(({ name }) => name === 'twilio_gateway_build_info');
    expect(info).toEqual([expect.objectContaining({ labels: { version, node: process.version }, value: 1 })]);
    const types = [...text.matchAll(/^# TYPE (twilio_gateway_\w+) (\w+)$/gm)];
    const samples = new Set(samplesOf(text).map(({ name }) => name));
    const empty = types.flatMap(([, name, type]) =>
      samples.has(type === 'histogram' ? `${name}_count` : `${name}`) ? [] : name,
    );
    // No credential was used, and nothing is copied yet.
    expect(
      empty.every((name) =>
        /_(?:limiter_\w+|circuit_open|history_(?:messages|lag_seconds|slices))$/.test(`${name}`),
      ),
    ).toBe(true);
    const zero = { upstream: 'upstream_requests_total', reads: 'reads_total', requests: 'requests_total' };
    const value = (name: string, labels: Record<string, string>) =>
      valueIn(text, `twilio_gateway_${name}`, labels);
    for (const endpoint of ['message', 'messages_list', 'media_list', 'account', 'accounts_list', 'token']) {
      expect(value(zero.upstream, { endpoint, code: '200' })).toBe(0);
      expect(value('upstream_request_duration_seconds_count', { endpoint })).toBe(0);
    }
    for (const source of ['upstream', 'shared', 'cache', 'stale'])
      expect(value(zero.reads, { endpoint: 'message', source })).toBe(0);
    for (const operation of ['other', 'ListMessages', 'GetThread']) {
      expect(value(zero.requests, { operation, outcome: 'ok', answer: 'new' })).toBe(0);
      expect(value('request_duration_seconds_count', { operation })).toBe(0);
    }
    for (const by of ['twilio', 'gateway']) expect(value('scanned_rows_count', { filtered_by: by })).toBe(0);
  });

  test('attempts of calls to Twilio by endpoint and status, and token requests by outcome', async () => {
    const { query, sandbox, scrape } = meteredKit();
    const [message] = (await query('{ messages(first: 1) { nodes { sid } } }')).data.messages.nodes;
    await query(`{ message(sid: "${message.sid}") { sid } accounts { nodes { sid } } }`);
    await query('{ account { sid } }');
    sandbox.set({ fail503: 1 });
    await query('{ account { sid } }', {}, { 'cache-control': 'no-cache' });
    sandbox.set({ fail503: 0, resetConnection: 1 });
    await query('{ account { sid } }', {}, { 'cache-control': 'no-cache' });
    const text = await scrape();
    const upstream = (endpoint: string, code: string) =>
      valueIn(text, 'twilio_gateway_upstream_requests_total', { endpoint, code });
    for (const endpoint of ['messages_list', 'message', 'accounts_list'])
      expect(upstream(endpoint, '200')).toBe(1);
    expect(upstream('account', '200')).toBe(1);
    // Three retries each.
    expect(upstream('account', '503')).toBe(4);
    expect(upstream('account', 'no_answer')).toBe(4);
    expect(
      valueIn(text, 'twilio_gateway_upstream_request_duration_seconds_count', { endpoint: 'account' }),
    ).toBe(9);
    expect(valueIn(text, 'twilio_gateway_token_requests_total', { outcome: 'granted' })).toBe(1);
  });

  test('sources of reads', async () => {
    const cache = { ...CACHE, pageMs: 0 };
    const { query, scrape } = meteredKit({ config: { cache } });
    await Promise.all([query('{ account { sid } }'), query('{ account { sid } }')]);
    // The cache admits the second read. The operation names differ, so that the response cache does not apply.
    for (const name of ['A', 'B']) await query(`query ${name} { account { sid } }`);
    const text = await scrape();
    const reads = (source: string) =>
      valueIn(text, 'twilio_gateway_reads_total', { endpoint: 'account', source });
    expect([reads('upstream'), reads('shared'), reads('cache')]).toEqual([2, 1, 1]);
  });

  test('scanned rows, and the limiter', async () => {
    const { query, scrape } = meteredKit({ sandbox: { messages: 300 } });
    await query('{ messages(first: 5) { nodes { sid } } }');
    const scan = await query(
      '{ messages(first: 5, filter: { bodyContains: "no such text" }) { scannedCount } }',
    );
    const text = await scrape();
    const rows = (by: string) => valueIn(text, 'twilio_gateway_scanned_rows_sum', { filtered_by: by });
    expect([rows('twilio'), rows('gateway')]).toEqual([5, scan.data.messages.scannedCount]);
    expect(valueIn(text, 'twilio_gateway_limiter_limit', { credential: 'sandbox' })).toBeGreaterThan(0);
    expect(valueIn(text, 'twilio_gateway_limiter_running', { credential: 'sandbox' })).toBe(0);
    expect(valueIn(text, 'twilio_gateway_limiter_waiting', { credential: 'sandbox' })).toBe(0);
    expect(valueIn(text, 'twilio_gateway_component_up', { component: 'upstream' })).toBe(1);
    expect(text).toMatch(/^process_cpu_seconds_total /m);
  });

  test('a removed credential has no metrics, and a renamed one only under its new name', async () => {
    const kit = await createManagedKit({ telemetry: createLazyMetrics() });
    const removed = await kit.addCredential('removed', 0);
    const renamed = await kit.addCredential('old', 1);
    const nicknames = async () => {
      const headers = { authorization: `Bearer ${ADMIN_KEY}` };
      const text = await (await kit.gateway.fetch('http://localhost/metrics', { headers })).text();
      return new Set(samplesOf(text).flatMap(({ labels: { credential } }) => credential ?? []));
    };
    for (const nickname of ['removed', 'old'])
      await kit.admin('{ account { sid } }', {}, { 'x-twilio-credential': nickname });
    expect(await nicknames()).toEqual(new Set(['removed', 'old']));
    noErrors(await kit.admin('mutation($id: ID!) { removeCredential(id: $id) }', { id: removed }));
    noErrors(
      await kit.admin('mutation($id: ID!) { renameCredential(id: $id, nickname: "new") { id } }', {
        id: renamed,
      }),
    );
    expect(await nicknames()).toEqual(new Set(['new']));
  });

  test('no phone number, SID, secret or body', async () => {
    const sandbox = createSandbox({ messages: 50 });
    const apps = sandbox.apps.map((app) => ({ ...app, nickname: `desk +14155550123 ${app.nickname}` }));
    const { query, scrape } = meteredKit({ over: sandbox, store: createFixedStore(apps) });
    const { to, body } = sandbox.addMessage('parent', { body: 'Your code is 847261' });
    await query(
      `{ messages(filter: { to: "${to}", bodyContains: "847261" }) { nodes { to body account { sid } } } }`,
    );
    const text = await scrape();
    expect(text).toContain('desk [phone] sandbox');
    for (const value of [
      String(to),
      String(body),
      '847261',
      ...sandbox.apps.map((app) => app.clientSecret),
    ]) {
      expect(text).not.toContain(value);
    }
    expect(text).not.toMatch(/[A-Z]{2}[0-9a-f]{32}|eyJ|\+\d{7}/);
  });
});

test('events before and during the import of the library are counted', async () => {
  const metrics = createLazyMetrics();
  for (let times = 0; times < 12_000; times += 1) metrics.readFrom('account', 'cache');
  const exposition = metrics.exposition?.();
  metrics.readFrom('account', 'cache');
  expect(valueIn((await exposition)?.text ?? '', 'twilio_gateway_reads_total', { source: 'cache' })).toBe(
    12_001,
  );
});

describe('access to /metrics', () => {
  const ADMIN = 'a'.repeat(40);
  const status = async (kit: Kit, headers: Record<string, string> = {}) =>
    (await kit.gateway.fetch('http://localhost/metrics', { headers })).status;

  test('requires an ADMIN key where keys are required', async () => {
    const { kit } = meteredKit({ config: { adminKey: ADMIN } });
    expect(await status(kit)).toBe(401);
    expect(await status(kit, { authorization: 'Bearer wrong' })).toBe(401);
    expect(await status(kit, { authorization: `Bearer ${ADMIN}` })).toBe(200);
  });

  test('is forbidden for a READER', async () => {
    const reader = { id: '1', name: 'Case desk', role: 'READER', credentialIds: [], dateExpires: null };
    const store = {
      ...createFixedStore([]),
      findApiKeyByHash: async () => ({ ...reader, dateCreated: new Date(), dateLastUsed: null }) as never,
    };
    const { kit } = meteredKit({ store, config: { adminKey: ADMIN } });
    const response = await kit.gateway.fetch('http://localhost/metrics', {
      headers: { authorization: 'Bearer tgw_0123456789' },
    });
    expect(response.status).toBe(403);
    expect(await response.json()).toMatchObject({ errors: [{ extensions: { code: 'FORBIDDEN' } }] });
  });

  test('is forbidden under a foreign host name where no key is required', async () => {
    const { kit } = meteredKit();
    expect(await status(kit, { host: 'rebound.example' })).toBe(403);
    expect(await status(kit)).toBe(200);
  });

  test('is 404 when metrics have their own port or are off', async () => {
    const observability = { metrics: true, port: 9464, host: 'localhost', traces: undefined };
    expect(await status(meteredKit({ config: { observability } }).kit)).toBe(404);
    expect(await status(createKit())).toBe(404);
  });
});
