import { expect, test } from 'vitest';
import { ERRORS, type ErrorCode } from '../../src/errors/catalogue.ts';
import { GatewayError } from '../../src/errors/gateway-error.ts';
import { problemOf } from '../../src/sign-in/page.ts';

test('every error that a page may show has its own status, and none is an unexpected error', () => {
  const codes = (Object.keys(ERRORS) as ErrorCode[])
    .filter((code) => 'build' in ERRORS[code])
    // Neither a page nor a consent sends GraphQL queries.
    .filter((code) => code !== 'PERSISTED_QUERY_NOT_SUPPORTED');
  expect(codes.length).toBeGreaterThan(40);
  const statuses = new Map(
    codes.map((code) => [code, problemOf(new GatewayError(code, { message: '' })).status]),
  );
  expect([...statuses].filter(([, status]) => status < 400 || status === 500)).toEqual([]);
  expect(statuses.get('API_KEY_REVOKED')).toBe(401);
  expect(statuses.get('RATE_LIMITED')).toBe(429);
  expect(statuses.get('SECRET_UNREADABLE')).toBe(503);
});

test('an unexpected error is rethrown', () => {
  const fault = new Error('a fault');
  expect(() => problemOf(fault)).toThrow(fault);
});
