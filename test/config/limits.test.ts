import { describe, expect, test } from 'vitest';
import { ConfigError, loadConfig } from '../../src/config/config.ts';
import { DEFAULT_HTTP, DEFAULT_LIMITS } from '../../src/config/limits.ts';

function problemsOf(env: Record<string, string>): readonly string[] {
  try {
    loadConfig(env);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
}

describe('the settings of limits and HTTP', () => {
  test('have the defaults that a gateway without settings has', () => {
    const { limits, http } = loadConfig({});
    expect(limits).toEqual(DEFAULT_LIMITS);
    expect(http).toEqual(DEFAULT_HTTP);
  });

  test('are taken over, kilobytes as bytes', () => {
    const { limits, http } = loadConfig({
      MAX_QUERY_CALLS: '7',
      MAX_BODY_KB: '2',
      COMPRESS_FROM_KB: '0',
      RATE_PER_MINUTE: '60',
      GRAPHIQL: 'off',
      TRUSTED_DOCUMENTS_ONLY: 'on',
      ALLOWED_ORIGINS: 'https://a.example.com, http://localhost:3000/',
    });
    expect(limits).toEqual({ ...DEFAULT_LIMITS, maxQueryCalls: 7, maxBodyBytes: 2_048, ratePerMinute: 60 });
    expect(http).toEqual({
      ...DEFAULT_HTTP,
      compressFromBytes: 0,
      graphiql: false,
      trustedDocumentsOnly: true,
      allowedOrigins: ['https://a.example.com', 'http://localhost:3000'],
    });
  });

  test('a larger scan budget raises the limits of cost', () => {
    const { limits } = loadConfig({ SCAN_BUDGET: '1000000' });
    expect(limits).toMatchObject({ maxQueryCalls: 2_000, maxUpstreamCalls: 2_000, maxQueryRows: 2_000_000 });
  });

  test('suggestions go with introspection, unless they are set', () => {
    expect(loadConfig({ INTROSPECTION: 'off' }).http).toMatchObject({
      introspection: false,
      suggestions: false,
    });
    expect(loadConfig({ INTROSPECTION: 'off', SUGGESTIONS: 'on' }).http.suggestions).toBe(true);
    expect(loadConfig({ SUGGESTIONS: 'off' }).http).toMatchObject({
      introspection: true,
      suggestions: false,
    });
  });

  test('that are wrong are all named', () => {
    const problems = problemsOf({
      MAX_QUERY_ROWS: '-1',
      CLIENT_TIMEOUT_MS: 'soon',
      INTROSPECTION: 'no',
      ALLOWED_ORIGINS: '*',
    });
    expect(problems.map((problem) => problem.split(' ')[0]).sort()).toEqual([
      'ALLOWED_ORIGINS',
      'CLIENT_TIMEOUT_MS',
      'INTROSPECTION',
      'MAX_QUERY_ROWS',
    ]);
  });

  test.each([
    '*',
    'null',
    'desk.example.com',
    'https://desk.example.com/app',
    'https://user@desk.example.com',
    'file:///x',
  ])('no origin: %s', (origin) => {
    expect(problemsOf({ ALLOWED_ORIGINS: origin })).toHaveLength(1);
  });
});
