import { expect, test } from 'vitest';
import { OUTCOMES } from '../../src/errors/entry.ts';
import { outcomeOf } from '../../src/telemetry/outcome.ts';

test.each([
  [[], 'ok'],
  [['BAD_USER_INPUT'], 'input'],
  [['GRAPHQL_VALIDATION_FAILED'], 'input'],
  [['QUERY_TOO_DEEP'], 'limited'],
  [['GATEWAY_OVERLOADED'], 'limited'],
  [['UNAUTHENTICATED'], 'caller'],
  [['API_KEY_EXPIRED'], 'caller'],
  [['CREDENTIAL_MISSING'], 'credential'],
  [['TWILIO_PERMISSION_MISSING'], 'credential'],
  [['TWILIO_RATE_LIMITED'], 'upstream'],
  [['STORE_UNAVAILABLE'], 'store'],
  [['REQUEST_TIMEOUT'], 'timeout'],
  [['REQUEST_ABORTED'], 'aborted'],
  [['INTERNAL_SERVER_ERROR'], 'internal'],
  [['BAD_USER_INPUT', 'TWILIO_UNAVAILABLE', 'REQUEST_ABORTED'], 'upstream'],
])('%j is %s', (codes, outcome) => {
  expect(outcomeOf(codes)).toBe(outcome);
});

test('unknown codes map to known outcomes', () => {
  for (let times = 0; times < 1_000; times += 1) {
    expect(OUTCOMES).toContain(outcomeOf([`CODE_${times}`, crypto.randomUUID()]));
  }
});
