import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { createToken } from '../../src/auth/api-token.ts';
import { loadConfig } from '../../src/config/config.ts';
import { openTelemetry } from '../../src/telemetry/open.ts';
import { listening } from '../http/kit.ts';
import { CACHE, createKit } from '../kit.ts';
import { startCollector } from '../telemetry/collector.ts';

const ADMIN_KEY = 'correct_horse_battery_staple_of_the_admin';
const AUTH_TOKEN = '0f1e2d3c4b5a69788796a5b4c3d2e1f0';
const ACCOUNT = 'AC0123456789abcdef0123456789abcdef';

/** Secrets in the wrong place, and the part of each that must not appear again. */
const SECRETS: readonly (readonly [what: string, text: string, hidden?: string])[] = [
  ['an API key', createToken()],
  ['a truncated API key', createToken().slice(0, 30)],
  ['the admin key', ADMIN_KEY],
  ['the admin key inside a longer text', `x.${ADMIN_KEY}`, ADMIN_KEY],
  ['a JWT', 'eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl', 'eyJzdWIiOiIxIn0'],
  ['the beginning of a JWT', 'eyJhbGciOiJFUzI1NiIsInR5cCI6IkpXVCJ9'],
  ['an auth token', AUTH_TOKEN],
  ['a client secret', 'y9iuHI7vbiEM-5UGpmxrTBd-Q9tQkxd108w2uFVuNNQ5dWUCw7Ct2P2n6ymr9jzo'],
  ['credentials in base64', Buffer.from(`${ACCOUNT}:${AUTH_TOKEN}`).toString('base64url').slice(0, 64)],
  ['a phone number', '15551234567'],
  ['a phone number with dashes', '1-555-123-4567'],
  ['a phone number with dots', '555.123.4567'],
  ['a phone number with underscores', '1_555_123_4567'],
  ['a phone number after a word', 'to15551234567', '15551234567'],
];

/** Converts a text to a GraphQL name, which allows only some characters. */
const asName = (text: string) => `q_${text.replaceAll(/\W/g, '_')}`;
const get = (kit: ReturnType<typeof createKit>, path: string, headers: Record<string, string> = {}) =>
  kit.gateway.fetch(`http://localhost${path}`, {
    headers: { authorization: `Bearer ${ADMIN_KEY}`, ...headers },
  });
const config = { adminKey: ADMIN_KEY };

const cases = SECRETS.map(([what, text, hidden = text]) => ({ what, text, hidden }));

describe.each(cases)('$what', ({ text, hidden }) => {
  test('in X-Twilio-Credential is not logged', async () => {
    const kit = createKit({ config });
    const headers = { authorization: `Bearer ${ADMIN_KEY}`, 'x-twilio-credential': text };
    // From the third time on the query is compiled.
    for (let times = 0; times < 4; times += 1) {
      const { errors } = await kit.query('{ account { sid } }', {}, headers);
      expect(errors?.[0]?.extensions.code).toBe('CREDENTIAL_UNKNOWN');
      expect(JSON.stringify(errors)).not.toContain(hidden);
    }
    await kit.query('{', {}, headers);
    await kit.query('{ account { sid } }', {}, { 'x-twilio-credential': text });
    expect(kit.lines).toHaveLength(6);
    expect(kit.lines.join('')).not.toContain(hidden);
  });

  test('in X-Request-Id is neither logged, nor in the response, nor sent to Twilio', async () => {
    const kit = createKit({ config });
    for (const path of ['/graphql?query={account{sid}}', '/health', '/nowhere', '/login']) {
      const response = await get(kit, path, { 'x-request-id': text });
      expect(response.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
    }
    const headers = { authorization: `Bearer ${ADMIN_KEY}`, 'x-request-id': text };
    for (let times = 0; times < 3; times += 1) await kit.query('{ account { sid } }', {}, headers);
    expect(kit.lines.length).toBeGreaterThanOrEqual(6);
    expect(kit.lines.join('')).not.toContain(hidden);
  });

  test('in the name of an operation is not logged', async () => {
    const kit = createKit({ config });
    const name = asName(text);
    const headers = { authorization: `Bearer ${ADMIN_KEY}` };
    for (let times = 0; times < 3; times += 1) {
      expect((await kit.query(`query ${name} { account { sid } }`, {}, headers)).errors).toBeUndefined();
    }
    expect(kit.lines).toHaveLength(3);
    expect(kit.lines.join('')).not.toContain(asName(hidden).slice(2));
  });

  test('in the path is not logged, whatever its encoding', async () => {
    // Without the pause after each rejection.
    const kit = await listening({ config, limits: { maxConnectionsPerAddress: 0 } });
    const percent = [...Buffer.from(text)].map((byte) => `%${byte.toString(16)}`).join('');
    const places = [text, `+${text}`, `%2B${text}`, percent, text.replaceAll(/[-._]/g, '%20')];
    for (const place of places) {
      for (const path of [
        `/${place}`,
        `/graphql/${place}`,
        `/login/${place}`,
        `/credentials/${place}`,
        `/graphiql/${place}`,
      ]) {
        await (await fetch(kit.url + path)).arrayBuffer();
        // Rejections by the guard have their own log line.
        await fetch(kit.url + path, { method: 'POST', body: 'x', headers: { 'content-type': 'text/plain' } });
      }
    }
    expect(kit.lines.length).toBeGreaterThanOrEqual(places.length * 10);
    for (const line of kit.lines) {
      for (const place of [hidden, ...places.slice(3)]) expect(line).not.toContain(place);
    }
  });

  test('is in no span', async () => {
    const collector = await startCollector();
    const { observability } = loadConfig({ OTEL_EXPORTER_OTLP_ENDPOINT: collector.url });
    const { telemetry, close } = await openTelemetry(observability);
    const kit = createKit({ config, telemetry });
    const headers = {
      authorization: `Bearer ${ADMIN_KEY}`,
      'x-request-id': text,
      traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`,
      tracestate: `vendor=${text}`,
    };
    for (let times = 0; times < 3; times += 1) {
      await kit.query(`query ${asName(text)} { account { sid } }`, {}, headers);
    }
    await close();
    const told = collector.text();
    expect(told).toContain('http.route');
    expect(told).not.toContain(hidden);
    expect(told).not.toContain(asName(hidden).slice(2));
  });
});

describe('harmless text is logged', () => {
  test.each([
    'case-17',
    '0197f0c2-6d3e-7c1a-9a55-123456789012',
    'req-0197f0c2-6d3e-7c1a-9a55-123456789012',
    '01ARZ3NDEKTSV4RRFFQ69G5FAV',
    'web.42',
  ])('the request id %s', async (id) => {
    const kit = createKit();
    const response = await kit.gateway.fetch('http://localhost/health', { headers: { 'x-request-id': id } });
    expect(response.headers.get('x-request-id')).toBe(id);
    expect(JSON.parse(kit.lines[0] ?? '')).toMatchObject({ requestId: id, path: '/health' });
  });

  test.each([{}, { cache: CACHE }])(
    'the name of a credential that exists, however the request is answered : %j',
    async (config) => {
      const kit = createKit({ config });
      for (let times = 0; times < 4; times += 1) {
        await kit.query(
          'query Mine { account { sid } }',
          {},
          { 'x-twilio-credential': 'sandbox-subaccount' },
        );
      }
      const requests = kit.lines.map((line) => JSON.parse(line)).filter(({ msg }) => msg === 'request');
      expect(requests.map(({ credential }) => credential)).toEqual(Array(4).fill('sandbox-subaccount'));
      expect(requests.map(({ operation }) => operation)).toEqual(Array(4).fill('Mine'));
    },
  );

  test.each(['/graphql', '/health', '/ready', '/credentials', '/login'])('the path %s', async (path) => {
    const kit = createKit();
    await kit.gateway.fetch(`http://localhost${path}?to=15551234567`);
    expect(JSON.parse(kit.lines[0] ?? '')).toMatchObject({ path });
  });
});

test('an invented HTTP method is not logged', async () => {
  const kit = createKit();
  await kit.gateway.fetch('http://localhost/graphql', { method: 'TGW_SECRET' });
  await sleep(0);
  expect(kit.lines.join('')).not.toContain('TGW_SECRET');
});
