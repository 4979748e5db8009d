import { describe, expect, test } from 'vitest';
import type { SandboxSwitches } from '../../src/sandbox/sandbox.ts';
import { DEFAULTS } from '../kit.ts';
import { canary, closedPort, codesOf, sleep, type Timed, type WireOptions, wire } from './kit.ts';

interface Row extends WireOptions {
  switches: Partial<SandboxSwitches>;
  /** The documented code; null if the fault is retried successfully. */
  code: string | null;
  /** Another query. @default the newest three messages */
  query?: string;
  /** Number of requests, two at a time. @default 3 */
  rounds?: number;
  /** Whether a token is already cached. @default true */
  warm?: boolean;
}

const THREE = '{ messages(first: 3) { nodes { sid to from body dateSent } } }';
const THIRTY = '{ messages(first: 30) { nodes { sid body } pageInfo { hasNextPage endCursor } } }';
const SCAN = '{ messages(first: 5, filter: { direction: [INBOUND] }) { nodes { sid } } }';
const THOUSAND = '{ messages(first: 1000) { nodes { sid } } }';
const TOKEN = { faultPath: '/v2/token' };
/** Tolerance beyond the deadline, because the machine may be busy. */
const SLACK_MS = 3_000;

const ROWS: Record<string, Row> = {
  // Twilio's API
  'responses that take their time': { switches: { latencyMs: 100 }, code: null },
  'responses slower than an attempt may be': {
    switches: { latencyMs: 30_000 },
    config: { upstreamTimeoutMs: 1_000 },
    code: 'TWILIO_UNAVAILABLE',
  },
  'responses slower than the whole request may be': {
    switches: { latencyMs: 30_000 },
    config: { requestTimeoutMs: 1_500, upstreamTimeoutMs: 20_000 },
    code: 'REQUEST_TIMEOUT',
  },
  'a 429 storm': { switches: { fail429: 1 }, code: 'TWILIO_RATE_LIMITED' },
  'a 429 storm that says how long': {
    switches: { fail429: 1, retryAfterSeconds: 2 },
    config: { upstreamTimeoutMs: 1_500 },
    code: 'TWILIO_RATE_LIMITED',
  },
  'three 429 in ten': { switches: { fail429: 0.3 }, code: null },
  '500 with 20500': { switches: { fail500: 1 }, code: 'TWILIO_UNAVAILABLE' },
  '500 for large pages only': { switches: { failAbovePageSize: 100 }, query: THOUSAND, code: null },
  '503 without Retry-After': { switches: { fail503: 1 }, code: 'TWILIO_UNAVAILABLE' },
  '503 with Retry-After': { switches: { fail503: 1, retryAfterSeconds: 1 }, code: 'TWILIO_UNAVAILABLE' },
  'connections reset before the answer': { switches: { resetConnection: 1 }, code: 'TWILIO_UNAVAILABLE' },
  'connections reset amid the body': { switches: { truncateBody: 1 }, code: 'TWILIO_UNAVAILABLE' },
  'one reset': { switches: { resetConnection: { next: 1 } }, code: null },
  'one cut body': { switches: { truncateBody: { next: 1 } }, code: null },
  'a large body': { switches: { oversizedBody: 1, oversizedBytes: 2 ** 20 }, code: null },
  'an oversized body': {
    switches: { oversizedBody: 1, oversizedBytes: 33 * 2 ** 20 },
    rounds: 1,
    code: 'TWILIO_RESPONSE_TOO_LARGE',
  },
  'the wrong content type': { switches: { wrongContentType: 1 }, code: null },
  'HTML with 502': { switches: { htmlInsteadOfJson: 1 }, code: 'TWILIO_UNAVAILABLE' },
  'HTML with 403': { switches: { htmlInsteadOfJson: 1, htmlStatus: 403 }, code: 'TWILIO_ERROR' },
  'HTML with 200': { switches: { htmlInsteadOfJson: 1, htmlStatus: 200 }, code: 'TWILIO_INVALID_RESPONSE' },
  'fields nobody knows': { switches: { unknownFields: true }, code: null },
  'a status nobody knows': { switches: { unknownStatus: 'teleported' }, query: THIRTY, code: null },
  'what is there not found': { switches: { resourceMissing: 1 }, code: 'TWILIO_ERROR' },
  // Pages
  'empty pages with a next page': { switches: { emptyPageWithNext: true }, query: SCAN, code: null },
  'pages shorter than asked for': { switches: { maxItemsPerPage: 7 }, query: SCAN, code: null },
  'a page token refused half-way': {
    switches: { pageTokenRefused: 1 },
    sandbox: { switches: { maxItemsPerPage: 10 } },
    query: THIRTY,
    code: 'TWILIO_ERROR',
  },
  'a page that is its own next page': {
    switches: { pageRing: 'self' },
    sandbox: { switches: { maxItemsPerPage: 10 } },
    query: THIRTY,
    code: 'TWILIO_INVALID_RESPONSE',
  },
  'two pages that lead to each other': {
    switches: { pageRing: 'pair' },
    sandbox: { switches: { maxItemsPerPage: 7 } },
    query: THIRTY,
    code: 'TWILIO_INVALID_RESPONSE',
  },
  // The token endpoint, without a token
  'no token: 500': { switches: { ...TOKEN, fail500: 1 }, warm: false, code: 'TWILIO_UNAVAILABLE' },
  'no token: 503': { switches: { ...TOKEN, fail503: 1 }, warm: false, code: 'TWILIO_UNAVAILABLE' },
  'no token: reset': { switches: { ...TOKEN, resetConnection: 1 }, warm: false, code: 'TWILIO_UNAVAILABLE' },
  'no token: cut': { switches: { ...TOKEN, truncateBody: 1 }, warm: false, code: 'TWILIO_UNAVAILABLE' },
  'no token: a proxy page': {
    switches: { ...TOKEN, htmlInsteadOfJson: 1 },
    warm: false,
    code: 'TWILIO_UNAVAILABLE',
  },
  'no token: garbage': {
    switches: { ...TOKEN, htmlInsteadOfJson: 1, htmlStatus: 200 },
    warm: false,
    code: 'TWILIO_INVALID_RESPONSE',
  },
  'no token: a redirect': {
    switches: { ...TOKEN, redirect: 1 },
    warm: false,
    code: 'TWILIO_INVALID_RESPONSE',
  },
  'no token: throttled': {
    switches: { tokenThrottle: 1, tokenThrottleSeconds: 2 },
    warm: false,
    code: 'TWILIO_RATE_LIMITED',
  },
  'no token: one failure': { switches: { ...TOKEN, fail503: { next: 1 } }, warm: false, code: null },
  // The token endpoint, with a token
  'a token held: 503': { switches: { ...TOKEN, fail503: 1 }, code: null },
  'a token held: throttled': { switches: { tokenThrottle: 1 }, code: null },
  'a token held: garbage': { switches: { ...TOKEN, htmlInsteadOfJson: 1, htmlStatus: 200 }, code: null },
};

describe.concurrent('a fault at Twilio', () => {
  test.each(Object.entries(ROWS))('%s', async (_name, row) => {
    const { switches, code, query = THREE, warm = true, rounds = 3, ...options } = row;
    const kit = await wire(options);
    const deadlineMs = options.config?.requestTimeoutMs ?? DEFAULTS.requestTimeoutMs;
    // Read through another gateway, so that this one has no token if the test needs none.
    const expected = (await (await wire(options)).query(query)).data;
    expect(Object.values(expected)).not.toContain(null);
    if (warm) await kit.query('{ account { sid } }');

    const calm = { ...kit.sandbox.switches };
    kit.sandbox.set(switches);
    const responses: Timed[] = [];
    for (let round = 0; round < rounds; round += 1) {
      responses.push(...(await Promise.all([kit.query(query), kit.query(query)])));
    }
    for (const answer of responses) {
      expect(answer.ms).toBeLessThan(deadlineMs + SLACK_MS);
      // The right data, or an error without data: never partial data.
      if (answer.errors) expect(answer.data).toEqual({ messages: null });
      else expect(answer.data).toEqual(expected);
    }
    const codes = new Set(responses.flatMap(codesOf));
    if (code === null) expect([...codes]).toEqual([]);
    else expect(codes).toContain(code);
    // After enough failures, Twilio gets no more calls.
    expect([code, 'TWILIO_UNAVAILABLE']).toEqual(expect.arrayContaining([...codes]));

    kit.sandbox.set(calm);
    // A pause after a failure ends by itself, after seconds at most.
    let after = await kit.query(query);
    for (
      const until = Date.now() + 8_000;
      after.errors && Date.now() < until;
      after = await kit.query(query)
    ) {
      await sleep(100);
    }
    expect(after.errors).toBeUndefined();
    expect(after.data).toEqual(expected);
  });
});

describe.concurrent('an unreachable Twilio', () => {
  test.each([
    ['a name that does not resolve', () => new URL('http://no-such-host.invalid')],
    ['a port without a listener', closedPort],
  ])('%s: TWILIO_UNAVAILABLE, for the API and for the token endpoint', async (_, address) => {
    const url = await address();
    for (const urls of [{ apiUrl: url }, { oauthUrl: url }]) {
      const kit = await wire({ urls });
      const answer = await kit.query(THREE);
      expect(codesOf(answer)).toEqual(['TWILIO_UNAVAILABLE']);
      expect(answer.ms).toBeLessThan(DEFAULTS.requestTimeoutMs + SLACK_MS);
      expect(JSON.stringify([answer, kit.lines])).not.toContain('no-such-host');
    }
  });
});

describe('no response of Twilio changes the called host', () => {
  test.each(['/2010-04-01/', '/v2/token'])('a redirect of %s is not followed', async (faultPath) => {
    const elsewhere = await canary();
    const kit = await wire();
    kit.sandbox.set({ redirect: 1, redirectTo: elsewhere.url, faultPath });
    const answer = await kit.query(THREE);
    expect(codesOf(answer)).toEqual(['TWILIO_INVALID_RESPONSE']);
    expect(JSON.stringify(answer)).not.toContain(elsewhere.url);
    expect(elsewhere.connections()).toBe(0);
  });

  test('page URIs of another host are not followed', async () => {
    const elsewhere = await canary();
    const kit = await wire({ sandbox: { switches: { maxItemsPerPage: 10, pageUriOrigin: elsewhere.url } } });
    const { data, errors } = await kit.query(THIRTY);
    expect(errors).toBeUndefined();
    expect(new Set(data.messages.nodes.map(({ sid }: { sid: string }) => sid)).size).toBe(30);
    expect(kit.apiCalls()).toHaveLength(3);
    expect(elsewhere.connections()).toBe(0);
  });
});
