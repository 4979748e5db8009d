import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { DEFAULT_LIMITS } from '../../src/config/limits.ts';
import { createRateLimiter, type RateLimiter } from '../../src/http/rate-limiter.ts';
import { createLogger } from '../../src/log.ts';
import { createManagedKit } from '../managed-kit.ts';
import { startPostgres, type TestPostgres } from '../store/postgres.ts';
import { listening } from './kit.ts';

const lines: string[] = [];
const log = createLogger('debug', (line) => lines.push(line));

function open(perMinute: number, databaseUrl?: string): RateLimiter {
  const rate = createRateLimiter({ perMinute, databaseUrl, log });
  onTestFinished(() => rate.close());
  return rate;
}

/** Counts the accepted requests. */
async function taken(rates: readonly RateLimiter[], caller: string, times: number): Promise<number> {
  const results = await Promise.allSettled(
    Array.from({ length: times }, (_, index) =>
      rates[index % rates.length]?.take({ id: `key:${caller}`, name: caller }),
    ),
  );
  return results.filter(({ status }) => status === 'fulfilled').length;
}

describe('the rate limit per caller', () => {
  test('is disabled by 0', async () => {
    expect(await taken([open(0)], 'a', 5_000)).toBe(5_000);
  });

  test('is separate for each caller', async () => {
    const rate = open(5);
    expect(await taken([rate], 'a', 8)).toBe(5);
    expect(await taken([rate], 'b', 8)).toBe(5);
  });

  test('rejects with 429, Retry-After, limit and actual, before any call', async () => {
    const kit = await listening({ limits: { ratePerMinute: 2 } });
    const send = () => kit.post({ query: '{ account { sid } }' });
    expect([(await send()).status, (await send()).status]).toEqual([200, 200]);
    const calls = kit.sandbox.calls.length;
    const rejected = await send();
    const retryAfter = Number(rejected.headers.get('retry-after'));
    expect(rejected.status).toBe(429);
    expect(retryAfter).toBeGreaterThan(0);
    expect(retryAfter).toBeLessThanOrEqual(60);
    expect(await rejected.json()).toEqual({
      errors: [
        {
          message: expect.stringContaining('"local" sent more than 2 requests'),
          extensions: { code: 'RATE_LIMITED', limit: 2, actual: 3 },
        },
      ],
    });
    expect(kit.sandbox.calls).toHaveLength(calls);
  });

  test('counts by principal instead of address', async () => {
    const kit = await createManagedKit({ config: { limits: { ...DEFAULT_LIMITS, ratePerMinute: 3 } } });
    const id = await kit.addCredential('one');
    const { authorization } = await kit.readerKey([id], { name: 'reader' });
    const codes: unknown[] = [];
    for (let times = 0; times < 4; times += 1) {
      codes.push(
        (await kit.query('{ viewer { name } }', {}, { authorization })).errors?.[0]?.extensions.code,
      );
    }
    expect(codes).toEqual([undefined, undefined, undefined, 'RATE_LIMITED']);
    // The administrator has sent two requests so far.
    expect((await kit.admin('{ viewer { name } }')).errors).toBeUndefined();
  });
});

describe('with PostgreSQL', () => {
  let postgres: TestPostgres;
  beforeAll(async () => {
    postgres = await startPostgres();
  }, 120_000);
  afterAll(() => postgres?.close());

  test('is shared by gateways', async () => {
    const url = await postgres.createDatabase();
    const rates = [open(10, url), open(10, url)];
    expect(await taken(rates, 'a', 30)).toBe(10);
    expect(await taken(rates.toReversed(), 'b', 4)).toBe(4);
    expect(await taken([open(10, url)], 'a', 1)).toBe(0);
    // The second rejection needs no statement.
    for (let times = 0; times < 2; times += 1) {
      const rejection = await rates[0]?.take({ id: 'key:a', name: 'a' }).then(
        () => undefined,
        (error) => ({ ...error.extensions, headers: error.headers }),
      );
      expect(rejection).toMatchObject({ code: 'RATE_LIMITED', limit: 10, actual: expect.any(Number) });
      expect(rejection.actual).toBeGreaterThan(10);
      expect(Number(rejection.headers['retry-after'])).toBeGreaterThan(0);
    }
  });

  test('follows the settings', async () => {
    const database = { url: await postgres.createDatabase(), file: '' };
    const limits = { ratePerMinute: 3 };
    const [one, other] = [
      await listening({ limits, config: { database } }),
      await listening({ limits, config: { database } }),
    ];
    const statuses: number[] = [];
    for (const kit of [one, other, one, other]) {
      statuses.push((await kit.post({ query: '{ viewer { name } }' })).status);
    }
    expect(statuses).toEqual([200, 200, 200, 429]);
  });

  test('applies to each gateway separately while the database is unavailable, which is logged', async () => {
    const url = await postgres.createDatabase();
    const rate = open(10, url);
    expect(await taken([rate], 'a', 4)).toBe(4);
    await postgres.halt();
    try {
      expect(await taken([rate], 'a', 30)).toBe(10);
      expect(lines.join('')).toContain('callers are counted by each gateway alone for now');
      expect(lines.join('')).not.toContain(postgres.password);
      // A gateway that never reached the database behaves the same.
      expect(await taken([open(10, url)], 'a', 30)).toBe(10);
    } finally {
      await postgres.resume();
    }
  }, 60_000);

  test('supports a very long name', async () => {
    const url = await postgres.createDatabase();
    const rates = [open(2, url), open(2, url)];
    expect(await taken(rates, 'x'.repeat(5_000), 6)).toBe(2);
  });
});
