import { describe, expect, test } from 'vitest';
import { createToken } from '../../src/auth/api-token.ts';
import { createLazyMetrics } from '../../src/telemetry/lazy-metrics.ts';
import { noErrors } from '../kit.ts';
import { createManagedKit } from '../managed-kit.ts';
import { openSignIn } from '../sign-in/kit.ts';
import { samplesOf } from '../telemetry/exposition.ts';
import { errorIn, type HttpKitOptions, listening } from './kit.ts';

type Telemetry = ReturnType<typeof createLazyMetrics>;

/** Returns the counters by code, without zeros. */
async function counted(telemetry: Telemetry, name: 'requests' | 'callers') {
  const text = (await telemetry.exposition?.())?.text ?? '';
  const samples = samplesOf(text).filter((sample) => sample.name === `twilio_gateway_${name}_refused_total`);
  expect(samples.length).toBeGreaterThan(4);
  return Object.fromEntries(
    samples.filter(({ value }) => value > 0).map(({ labels, value }) => [labels.code, value]),
  );
}

const VIEWER = '{"query":"{ viewer { name } }"}';

describe('requests rejected before GraphQL are counted by code', () => {
  const meteredGateway = async (options: HttpKitOptions = {}) => {
    const telemetry = createLazyMetrics();
    const kit = await listening({ telemetry, ...options });
    return { ...kit, count: () => counted(telemetry, 'requests') };
  };

  test('by the guard: cross-site, not JSON, too large', async () => {
    const { post, socket, count, lines } = await meteredGateway({ limits: { maxBodyBytes: 1_024 } });
    expect((await post(VIEWER)).status).toBe(200);
    for (const site of ['cross-site', 'same-site']) await post(VIEWER, { 'sec-fetch-site': site });
    await post(VIEWER, { 'content-type': 'text/plain' });
    await post(' '.repeat(2_000));
    const endless = socket();
    endless.write(
      'POST /graphql HTTP/1.1\r\nhost: localhost\r\nx-request-id: case-19\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n',
    );
    endless.write(`7d0\r\n${' '.repeat(2_000)}\r\n`);
    const response = await endless.closed;
    expect(errorIn(response).status).toBe(413);
    expect(response).toContain('\r\nx-request-id: case-19\r\n');
    const ofChunks = lines.map((line) => JSON.parse(line)).filter(({ requestId }) => requestId === 'case-19');
    expect(ofChunks[0]).toMatchObject({ msg: 'request', status: 413, errors: ['BODY_TOO_LARGE'] });
    expect(await count()).toEqual({
      CROSS_ORIGIN_REFUSED: 2,
      UNSUPPORTED_MEDIA_TYPE: 1,
      BODY_TOO_LARGE: 2,
    });
  });

  test('by the limit of in-flight requests', async () => {
    const { post, count, sandbox } = await meteredGateway({ limits: { maxInFlight: 1 } });
    sandbox.set({ latencyMs: 1_000 });
    const running = post({ query: '{ account { sid } }' });
    await expect.poll(async () => (await post(VIEWER)).status).toBe(503);
    await post(VIEWER);
    expect((await running).status).toBe(200);
    expect(await count()).toEqual({ GATEWAY_OVERLOADED: expect.any(Number) });
  });

  test('by the Host check, if no key is required', async () => {
    const { gateway, count } = await meteredGateway();
    await gateway.fetch('http://rebound.example/graphql?query={__typename}');
    expect(await count()).toEqual({ HOST_NOT_ALLOWED: 1 });
  });

  test("by Node's parser, with an id and a log line without the content", async () => {
    const { socket, count, lines } = await meteredGateway({
      limits: { clientTimeoutMs: 200, maxHeaderBytes: 2_048 },
    });
    const raw = async (text: string) => {
      const { closed, write } = socket();
      write(text);
      return closed;
    };
    const responses = [
      await raw('\u0016\u0003\u0001 secret-4711\r\n\r\n'),
      await raw(`GET / HTTP/1.1\r\nhost: a\r\nsecret-4711: ${'b'.repeat(3_000)}\r\n\r\n`),
      await raw('GET /secret-4711 HTTP/1.1\r\n'),
    ];
    expect(await count()).toEqual({ BAD_REQUEST: 1, HEADERS_TOO_LARGE: 1, CLIENT_TOO_SLOW: 1 });
    const ids = responses.map((response) => /\r\nx-request-id: ([0-9a-f-]{36})\r\n/.exec(response)?.[1]);
    expect(lines.map((line) => JSON.parse(line))).toMatchObject([
      { level: 30, requestId: ids[0], status: 400, errors: ['BAD_REQUEST'], reason: 'HPE_INVALID_METHOD' },
      { level: 30, requestId: ids[1], status: 431, errors: ['HEADERS_TOO_LARGE'] },
      { level: 30, requestId: ids[2], status: 408, errors: ['CLIENT_TOO_SLOW'] },
    ]);
    expect(lines.join('')).not.toContain('4711');
  });

  test('and thousands of them do not fill the log', async () => {
    const { gateway, count, lines } = await meteredGateway();
    for (let times = 0; times < 3_000; times += 1) {
      gateway.clientRejected({ requestId: `${times}`, status: 400, code: 'BAD_REQUEST', reason: 'HPE' });
    }
    expect(await count()).toEqual({ BAD_REQUEST: 3_000 });
    expect(lines).toHaveLength(10);
    await gateway.close();
    expect(lines.slice(10).map((line) => JSON.parse(line))).toMatchObject([{ leftOut: 2_990 }]);
  });
});

describe('rejected callers are counted by code, and nothing of their keys is logged', () => {
  test('for GraphQL and /metrics, once each', async () => {
    const telemetry = createLazyMetrics();
    const kit = await createManagedKit({ telemetry });
    const revoked = await kit.readerKey([]);
    noErrors(await kit.admin(`mutation { revokeApiKey(id: "${revoked.id}") }`));
    const wrong = createToken();
    // Twice, because the second time the query is prepared.
    for (let times = 0; times < 2; times += 1) {
      await kit.query('{ viewer { name } }');
      await kit.query('{ viewer { name } }', {}, { authorization: `Bearer ${wrong}` });
      await kit.query('{ viewer { name } }', {}, revoked);
    }
    await kit.gateway.fetch('http://localhost/metrics', { headers: { authorization: 'Bearer wrong-4711' } });
    expect(await counted(telemetry, 'callers')).toEqual({
      UNAUTHENTICATED: 2,
      API_KEY_INVALID: 3,
      API_KEY_REVOKED: 2,
    });
    const log = kit.lines.join('');
    expect(log).toContain('"errors":["API_KEY_INVALID"]');
    expect(log).not.toMatch(/wrong-4711/);
    expect(log).not.toContain(wrong.slice(4));
  });

  test('for the login page', async () => {
    const telemetry = createLazyMetrics();
    const kit = await openSignIn({ telemetry });
    expect((await kit.visitor().logIn(createToken())).status).toBe(401);
    expect(await counted(telemetry, 'callers')).toEqual({ API_KEY_INVALID: 1 });
  });
});
