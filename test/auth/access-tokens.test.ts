import { describe, expect, test } from 'vitest';
import { createAccessTokens } from '../../src/auth/access-tokens.ts';
import type { AccessToken } from '../../src/auth/oauth.ts';
import { TwilioError } from '../../src/twilio/errors.ts';

const HOUR = 3_600_000;

/** A token endpoint and a clock that the test controls. */
function tokensAt({ lifetime = HOUR } = {}) {
  let time = 0;
  const asked: { give(): void; refuse(error?: Error): void }[] = [];
  const tokens = createAccessTokens(
    () =>
      new Promise<AccessToken>((resolve, reject) => {
        const value = `token-${asked.length + 1}`;
        const expiresAt = time + lifetime;
        asked.push({
          give: () => resolve({ value, expiresAt }),
          refuse: (error = new Error(`no ${value}`)) => reject(error),
        });
      }),
    () => time,
  );
  return {
    tokens,
    asked,
    pass(milliseconds: number) {
      time += milliseconds;
    },
    /** Requests a token and lets the endpoint issue it. */
    async begin() {
      const first = tokens.get();
      asked.at(-1)?.give();
      return first;
    },
  };
}

const settle = () => new Promise((resolve) => setImmediate(resolve));

describe('the first token', () => {
  test('is requested once for any number of callers', async () => {
    const { tokens, asked } = tokensAt();
    const all = Array.from({ length: 50 }, () => tokens.get());
    expect(asked).toHaveLength(1);
    asked[0]?.give();
    expect(new Set(await Promise.all(all))).toEqual(new Set(['token-1']));
    expect(await tokens.get()).toBe('token-1');
    expect(asked).toHaveLength(1);
  });

  test('that is rejected fails every caller, and is requested again after a pause', async () => {
    const { tokens, asked, pass } = tokensAt();
    const all = [tokens.get(), tokens.get(), tokens.get()];
    asked[0]?.refuse();
    const results = await Promise.allSettled(all);
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
    await expect(tokens.get()).rejects.toThrow('no token-1');
    expect(asked).toHaveLength(1);
    pass(500);
    const next = tokens.get();
    expect(asked).toHaveLength(2);
    asked[1]?.give();
    expect(await next).toBe('token-2');
  });

  test('that stays rejected is requested at growing intervals of at most a minute', async () => {
    const { tokens, asked, pass } = tokensAt();
    for (let second = 0; second < 600; second += 1) {
      const count = asked.length;
      const response = tokens.get();
      if (asked.length > count) asked.at(-1)?.refuse();
      await expect(response).rejects.toThrow('no token');
      pass(1_000);
    }
    // 600 callers, one a second: every 5 seconds in the end, because Twilio did not refuse the credential.
    expect(asked.length).toBeGreaterThan(100);
    expect(asked.length).toBeLessThan(140);
  });
});

describe('a token endpoint that throttles', () => {
  const throttled = (retryAfter?: string) =>
    TwilioError.of('oauth', 429, new Headers(retryAfter ? { 'retry-after': retryAfter } : {}), {
      code: 322401,
    });

  test('gets no request during Retry-After, and callers get the remaining time', async () => {
    const { tokens, asked, pass } = tokensAt();
    const first = tokens.get();
    asked[0]?.refuse(throttled('20'));
    await expect(first).rejects.toMatchObject({ code: 322401, retryAfter: 20 });
    pass(12_500);
    await expect(tokens.get()).rejects.toMatchObject({ code: 322401, status: 429, retryAfter: 8 });
    expect(asked).toHaveLength(1);
    pass(7_500);
    const next = tokens.get();
    asked[1]?.give();
    expect(await next).toBe('token-2');
  });

  test('gets another request within a minute, even if Retry-After is longer', async () => {
    const { tokens, asked, pass } = tokensAt();
    const first = tokens.get();
    asked[0]?.refuse(throttled('86400'));
    await expect(first).rejects.toThrow();
    await expect(tokens.get()).rejects.toMatchObject({ retryAfter: 60 });
    pass(60_000);
    const next = tokens.get();
    asked[1]?.give();
    expect(await next).toBe('token-2');
  });

  test('may send throttled_until, or no time at all', async () => {
    const until = new Date(Date.now() + 30_000).toISOString();
    const read = (body: object) => TwilioError.of('oauth', 429, new Headers(), body).retryAfter;
    expect(read({ throttled_until: until })).toBeGreaterThan(25);
    for (const other of ['', 'soon', '2001-01-01T00:00:00Z', '2101-01-01T00:00:00Z', 5, null]) {
      expect(read({ throttled_until: other })).toBeNull();
    }
  });
});

describe('a token without a lifetime', () => {
  test.each([0, -3_600_000, 1])('(%i ms) is used for a while nevertheless', async (lifetime) => {
    const { tokens, asked, pass, begin } = tokensAt({ lifetime });
    await begin();
    for (let read = 0; read < 10; read += 1) expect(await tokens.get()).toBe('token-1');
    expect(asked).toHaveLength(1);
    pass(5_000);
    void tokens.get();
    expect(asked).toHaveLength(2);
  });
});

describe('a token about to expire', () => {
  test('is used during its renewal, which is requested once', async () => {
    const { tokens, asked, pass, begin } = tokensAt();
    await begin();
    pass(HOUR - 61_000);
    await tokens.get();
    expect(asked).toHaveLength(1);
    pass(2_000);
    expect(await Promise.all([tokens.get(), tokens.get(), tokens.get()])).toEqual(Array(3).fill('token-1'));
    expect(asked).toHaveLength(2);
    asked[1]?.give();
    await settle();
    expect(await tokens.get()).toBe('token-2');
    expect(asked).toHaveLength(2);
  });

  test('is still used after a failed renewal, and renewed later', async () => {
    const { tokens, asked, pass, begin } = tokensAt();
    await begin();
    pass(HOUR - 50_000);
    expect(await tokens.get()).toBe('token-1');
    asked[1]?.refuse();
    await settle();
    pass(20_000);
    expect(await tokens.get()).toBe('token-1');
    asked[2]?.give();
    await settle();
    expect(await tokens.get()).toBe('token-3');
  });

  test('is not renewed by every read while renewals fail', async () => {
    const { tokens, asked, pass, begin } = tokensAt();
    await begin();
    pass(HOUR - 50_000);
    for (let read = 0; read < 20; read += 1) {
      expect(await tokens.get()).toBe('token-1');
      asked.at(-1)?.refuse();
      await settle();
      pass(50);
    }
    expect(asked.length).toBeLessThanOrEqual(3);
  });

  test('with a short lifetime is renewed in its last tenth', async () => {
    const { tokens, asked, pass, begin } = tokensAt({ lifetime: 60_000 });
    await begin();
    pass(53_000);
    await tokens.get();
    expect(asked).toHaveLength(1);
    pass(2_000);
    expect(await tokens.get()).toBe('token-1');
    expect(asked).toHaveLength(2);
  });

  test('is never used after its expiry', async () => {
    const { tokens, asked, pass, begin } = tokensAt();
    await begin();
    pass(HOUR);
    const next = tokens.get();
    expect(asked).toHaveLength(2);
    asked[1]?.refuse();
    await expect(next).rejects.toThrow('no token-2');
  });
});

describe('a dropped token', () => {
  test('is replaced by one request for all callers that were rejected', async () => {
    const { tokens, asked, begin } = tokensAt();
    const old = await begin();
    const all = Array.from({ length: 20 }, () => {
      tokens.drop(old);
      return tokens.get();
    });
    expect(asked).toHaveLength(2);
    asked[1]?.give();
    expect(new Set(await Promise.all(all))).toEqual(new Set(['token-2']));
  });

  test('does not affect a token that has already replaced it', async () => {
    const { tokens, asked, begin } = tokensAt();
    const old = await begin();
    tokens.drop(old);
    await begin();
    tokens.drop(old);
    expect(await tokens.get()).toBe('token-2');
    expect(asked).toHaveLength(2);
  });

  test('is not used again after its own renewal', async () => {
    const { tokens, asked, pass, begin } = tokensAt();
    const old = await begin();
    pass(HOUR - 1_000);
    await tokens.get();
    tokens.drop(old);
    const next = tokens.get();
    expect(asked).toHaveLength(2);
    asked[1]?.give();
    expect(await next).toBe('token-2');
  });
});
