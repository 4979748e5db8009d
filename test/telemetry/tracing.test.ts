import { describe, expect, test } from 'vitest';
import { loadConfig } from '../../src/config/config.ts';
import { openTelemetry } from '../../src/telemetry/open.ts';
import { createKit } from '../kit.ts';
import { type ReceivedSpan, startCollector } from './collector.ts';

async function tracedKit(env: Record<string, string> = {}) {
  const collector = await startCollector();
  const { observability } = loadConfig({ OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, ...env });
  const { telemetry, close } = await openTelemetry(observability);
  const kit = createKit({ telemetry, sandbox: { messages: 100 } });
  return {
    ...kit,
    kit,
    collector,
    /** Returns each span as `parent > child`, after all were sent. */
    async tree() {
      await close();
      const byId = new Map(collector.spans.map((span) => [span.spanId, span]));
      const pathOf = (span: ReceivedSpan): string => {
        const parent = byId.get(span.parentId);
        return parent ? `${pathOf(parent)} > ${span.name}` : span.name;
      };
      return collector.spans.map(pathOf).sort();
    },
  };
}

const MESSAGES = 'GET /2010-04-01/Accounts/{AccountSid}/Messages.json';
const ACCOUNT = 'GET /2010-04-01/Accounts/{Sid}.json';

describe('a trace', () => {
  test('has spans for request > field > call to Twilio, with Twilio\u2019s request id', async () => {
    const { query, collector, tree, sandbox } = await tracedKit();
    const { parent } = sandbox.accounts;
    await query(
      `query Mine { messages(first: 3) { nodes { sid } } account(sid: "${parent.sid}") { sid } viewer { name } }`,
      {},
      { 'x-request-id': 'case-20' },
    );
    expect(await tree()).toEqual([
      '/graphql',
      '/graphql > Query.account',
      `/graphql > Query.account > ${ACCOUNT}`,
      '/graphql > Query.messages',
      `/graphql > Query.messages > ${MESSAGES}`,
      '/graphql > Query.messages > POST /v2/token',
      '/graphql > Query.viewer',
    ]);
    const named = (name: string) => collector.spans.find((span) => span.name === name);
    expect(named('/graphql')).toMatchObject({
      kind: 2,
      failed: false,
      attributes: {
        'graphql.operation.name': 'Mine',
        'http.response.status_code': 200,
        'twilio_gateway.request_id': 'case-20',
        'twilio_gateway.upstream_calls': 2,
      },
    });
    expect(named(MESSAGES)).toMatchObject({
      kind: 3,
      attributes: {
        'http.request.method': 'GET',
        'http.response.status_code': 200,
        'server.address': 'api.twilio.com',
        'twilio.request_id': expect.stringMatching(/^RQ[0-9a-f]{32}$/),
      },
    });
    expect(new Set(collector.spans.map(({ traceId }) => traceId)).size).toBe(1);
  });

  test('has a span for the nested field that called Twilio, but not for others with the same call', async () => {
    const { query, tree } = await tracedKit();
    await query('{ messages(first: 20) { nodes { media { sid } } pageInfo { hasNextPage } } }');
    const nested = (await tree()).filter((path) => path.startsWith('/graphql > Message.media'));
    const fields = nested.filter((path) => path.endsWith('Message.media'));
    const calls = nested.filter((path) => /Message\.media > GET \S+Media\.json$/.test(path));
    expect(calls.length).toBeGreaterThan(0);
    // The loader batches the reads of all twenty fields in the first one.
    expect(fields.length).toBe(1);
  });

  test('continues the caller\u2019s trace and respects its sampling decision', async () => {
    const { query, collector, tree } = await tracedKit();
    const traceId = 'a'.repeat(32);
    await query('{ account { sid } }', {}, { traceparent: `00-${traceId}-${'b'.repeat(16)}-01` });
    await query('{ account { sid } }', {}, { traceparent: `00-${'c'.repeat(32)}-${'b'.repeat(16)}-00` });
    await query('{ account { sid } }', {}, { traceparent: 'not one at all' });
    await tree();
    const traces = new Set(collector.spans.map((span) => span.traceId));
    expect(traces.size).toBe(2);
    expect(traces).toContain(traceId);
    expect(collector.spans.some(({ parentId }) => parentId === 'b'.repeat(16))).toBe(true);
  });

  test('shows each attempt of a call, and failures', async () => {
    const { query, collector, tree, sandbox } = await tracedKit();
    await query('{ viewer { name } account { sid } }');
    sandbox.set({ fail503: 1 });
    await query('{ account { sid } }');
    await tree();
    const failed = collector.spans.filter((span) => span.failed).map(({ name }) => name);
    expect(failed.sort()).toEqual(['/graphql', ACCOUNT, ACCOUNT, ACCOUNT, ACCOUNT, 'Query.account']);
    const request = collector.spans.find((span) => span.failed && span.name === '/graphql');
    expect(request?.attributes).toMatchObject({ 'twilio_gateway.error_codes': ['TWILIO_UNAVAILABLE'] });
  });

  test('of compiled queries is the same as of the first', async () => {
    const { query, tree } = await tracedKit();
    for (let times = 0; times < 5; times += 1) await query('{ messages(first: 1) { nodes { sid } } }');
    const calls = (await tree()).filter((path) => path === `/graphql > Query.messages > ${MESSAGES}`);
    expect(calls.length).toBe(5);
  });

  test('contains no phone number, SID, body or secret', async () => {
    const { query, sandbox, collector, tree } = await tracedKit();
    const { to, body, sid } = sandbox.addMessage('parent', { body: 'Your code is 847261' });
    await query(
      `{ messages(filter: { to: "${to}", bodyContains: "847261" }) { nodes { to body account { sid } } } }`,
    );
    await query(`query M($sid: MessageSid!) { message(sid: $sid) { body } }`, { sid });
    await query(`{ message(sid: "${to}") { body } }`);
    await tree();
    expect(collector.spans.length).toBeGreaterThan(6);
    const text = collector.text();
    for (const value of [String(to), String(to).slice(1), String(body), '847261', sid]) {
      expect(text).not.toContain(value);
    }
    expect(text).not.toMatch(/(?:AC|SM|OQ)[0-9a-f]{32}|eyJ[\w-]+\./);
  });
});

describe('the export', () => {
  test('has the service\u2019s name, as protobuf', async () => {
    const { query, collector, tree } = await tracedKit({ OTEL_SERVICE_NAME: 'case-desk' });
    await query('{ viewer { name } }');
    await tree();
    expect(collector.headers[0]).toMatchObject({ 'content-type': 'application/x-protobuf' });
    expect(collector.text()).toContain('case-desk');
  });

  test('excludes pages and probes, and everything at a ratio of 0', async () => {
    const some = await tracedKit();
    for (const path of ['/health', '/ready', '/login', '/metrics', '/+14155550123']) {
      await some.kit.gateway.fetch(`http://localhost${path}`);
    }
    expect(await some.tree()).toEqual([]);
    const none = await tracedKit({ OTEL_TRACES_SAMPLER_ARG: '0' });
    await none.query('{ account { sid } }');
    expect(await none.tree()).toEqual([]);
  });

  test('does not delay requests or the exit when the collector is unavailable', async () => {
    const { observability } = loadConfig({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1' });
    const { telemetry, close } = await openTelemetry(observability);
    const kit = createKit({ telemetry });
    expect((await kit.query('{ account { sid } }')).errors).toBeUndefined();
    const startedAt = performance.now();
    await close();
    expect(performance.now() - startedAt).toBeLessThan(8_000);
  });
});

test('traces are off unless configured', async () => {
  expect(loadConfig({}).observability.traces).toBeUndefined();
  expect(
    loadConfig({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://x', OTEL_SDK_DISABLED: 'TRUE' }).observability.traces,
  ).toBeUndefined();
  const { telemetry } = await openTelemetry(loadConfig({}).observability);
  expect(telemetry.tracing).toBeUndefined();
});
