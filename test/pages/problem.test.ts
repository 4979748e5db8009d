import { expect, test } from 'vitest';
import { errorsOfAllClasses } from '../../scripts/docs/error-classes.ts';
import { problemOf } from '../../src/pages/problem.ts';

const errors = await errorsOfAllClasses();

test('every error that a page may show has its own status, and none is an unexpected error', () => {
  expect(errors.length).toBeGreaterThan(40);
  // Pages send no GraphQL queries.
  const ofPages = errors.filter(({ code }) => code !== 'PERSISTED_QUERY_NOT_SUPPORTED');
  const statuses = new Map(ofPages.map((error) => [error.extensions.code, problemOf(error).status]));
  expect([...statuses].filter(([, status]) => status < 400 || status === 500)).toEqual([]);
  expect(statuses.get('API_KEY_REVOKED')).toBe(401);
  expect(statuses.get('RATE_LIMITED')).toBe(429);
  expect(statuses.get('SECRET_UNREADABLE')).toBe(503);
});

test('an unexpected error is rethrown', () => {
  const fault = new Error('a fault');
  expect(() => problemOf(fault)).toThrow(fault);
});
