import { describe, expect, test } from 'vitest';
import { gatewayError } from '../../src/errors/gateway-error.ts';
import { explainRejection, type ReadAttempt } from '../../src/loaders/explain-rejection.ts';
import type { Credential } from '../../src/store/records.ts';
import { TwilioError, type TwilioErrorDetails, TwilioResponseError } from '../../src/twilio/errors.ts';
import { messages } from '../../src/twilio/resources/messages.ts';
import { coded } from './kit.ts';

const OWN = `AC${'a'.repeat(32)}`;
const OTHER = `AC${'b'.repeat(32)}`;
const NUMBER = '+14155550100';
const credential = { id: 'OQ', nickname: 'main', accountSid: OWN, clientId: 'OQ' } as Credential;
const own: ReadAttempt = {
  credential,
  accountSid: OWN,
  permission: messages.list.permission,
  cursorIn: 'after',
};
const other: ReadAttempt = { ...own, accountSid: OTHER };

function refusal(status: number, code: number | null, details: Partial<TwilioErrorDetails> = {}) {
  const rest = { moreInfo: 'https://x', requestId: 'RQ1', ...details };
  return new TwilioError(`no, ${NUMBER}`, { source: 'api', status, code, ...rest });
}

test.each([
  // status, code, source, own account, another account
  [401, 20003, 'api', 'CREDENTIAL_REFUSED', 'CREDENTIAL_MISSING'],
  [401, 70051, 'api', 'TWILIO_PERMISSION_MISSING', 'CREDENTIAL_MISSING'],
  [403, 70051, 'api', 'TWILIO_PERMISSION_MISSING', 'CREDENTIAL_MISSING'],
  [401, null, 'api', 'CREDENTIAL_REFUSED', 'CREDENTIAL_MISSING'],
  [403, 20403, 'api', 'CREDENTIAL_REFUSED', 'CREDENTIAL_MISSING'],
  [403, 20005, 'api', 'CREDENTIAL_REFUSED', 'CREDENTIAL_MISSING'],
  [403, 20006, 'api', 'CREDENTIAL_REFUSED', 'CREDENTIAL_MISSING'],
  [400, 90010, 'api', 'CREDENTIAL_REFUSED', 'CREDENTIAL_MISSING'],
  [404, 20404, 'api', 'TWILIO_ERROR', 'CREDENTIAL_MISSING'],
  [429, 20429, 'api', 'TWILIO_RATE_LIMITED', 'TWILIO_RATE_LIMITED'],
  [400, 70005, 'api', 'TWILIO_RATE_LIMITED', 'TWILIO_RATE_LIMITED'],
  [429, null, 'api', 'TWILIO_RATE_LIMITED', 'TWILIO_RATE_LIMITED'],
  [429, 322401, 'oauth', 'TWILIO_RATE_LIMITED', 'TWILIO_RATE_LIMITED'],
  [400, 321406, 'oauth', 'TWILIO_RATE_LIMITED', 'TWILIO_RATE_LIMITED'],
  [500, 20500, 'api', 'TWILIO_UNAVAILABLE', 'TWILIO_UNAVAILABLE'],
  [503, 20503, 'api', 'TWILIO_UNAVAILABLE', 'TWILIO_UNAVAILABLE'],
  [502, null, 'api', 'TWILIO_UNAVAILABLE', 'TWILIO_UNAVAILABLE'],
  [0, null, 'api', 'TWILIO_UNAVAILABLE', 'TWILIO_UNAVAILABLE'],
  [0, null, 'oauth', 'TWILIO_UNAVAILABLE', 'TWILIO_UNAVAILABLE'],
  [503, null, 'oauth', 'TWILIO_UNAVAILABLE', 'TWILIO_UNAVAILABLE'],
  [401, 322402, 'oauth', 'CREDENTIAL_REFUSED', 'CREDENTIAL_REFUSED'],
  [400, 321401, 'oauth', 'CREDENTIAL_REFUSED', 'CREDENTIAL_REFUSED'],
  [400, 322403, 'oauth', 'CREDENTIAL_REFUSED', 'CREDENTIAL_REFUSED'],
  [401, null, 'oauth', 'CREDENTIAL_REFUSED', 'CREDENTIAL_REFUSED'],
  [400, 21481, 'api', 'CURSOR_INVALID', 'CURSOR_INVALID'],
  [400, 70002, 'api', 'CURSOR_INVALID', 'CURSOR_INVALID'],
  [400, 20001, 'api', 'TWILIO_ERROR', 'TWILIO_ERROR'],
  [400, 20004, 'api', 'TWILIO_ERROR', 'TWILIO_ERROR'],
  [403, 20008, 'api', 'TWILIO_ERROR', 'TWILIO_ERROR'],
  [418, null, 'api', 'TWILIO_ERROR', 'TWILIO_ERROR'],
] as const)(
  'HTTP %i, code %s of %s: %s of the own account, %s of another',
  (status, code, source, mine, foreign) => {
    const error = refusal(status, code, { source });
    expect(explainRejection(error, own)).toMatchObject(coded(mine));
    expect(explainRejection(error, other)).toMatchObject(coded(foreign));
  },
);

describe('the error for the client', () => {
  test("has Twilio's code, status, request id and link, but never its message", () => {
    for (const [status, code] of [
      [401, 20003],
      [401, 70051],
      [429, 20429],
      [503, 20503],
      [400, 20001],
    ] as const) {
      const told = explainRejection(refusal(status, code), own) as Error;
      expect(told).toMatchObject({
        extensions: { twilio: { status, code, requestId: 'RQ1', moreInfo: 'https://x' } },
      });
      expect(JSON.stringify([told.message, told])).not.toContain(NUMBER);
    }
  });

  test("has the permission in Twilio's message, else the one that the read needs", () => {
    const text = 'Authorization Error: required permission twilio/messaging/media/list is missing';
    const details = { source: 'api', status: 401, code: 70051, moreInfo: null, requestId: null } as const;
    const permission = '/twilio/messaging/media/list';
    expect(explainRejection(new TwilioError(text, details), own)).toMatchObject({
      extensions: { permission },
    });
    expect(explainRejection(new TwilioError('no', details), own)).toMatchObject({
      extensions: { permission: messages.list.permission.twilioName, credential: 'main' },
    });
  });

  test('names the account that needs a credential', () => {
    const told = explainRejection(refusal(401, 70051), other);
    expect(told).toMatchObject(coded('CREDENTIAL_MISSING', { accountSid: OTHER, credential: 'main' }));
  });
});

describe('an error other than a rejection by Twilio', () => {
  test('an unreadable response is TWILIO_INVALID_RESPONSE', () => {
    const told = explainRejection(new TwilioResponseError('it is not JSON'), own);
    expect(told).toMatchObject(coded('TWILIO_INVALID_RESPONSE'));
  });

  test('an aborted request is REQUEST_ABORTED', () => {
    const told = explainRejection(new DOMException('gone', 'AbortError'), own);
    expect(told).toMatchObject(coded('REQUEST_ABORTED'));
  });

  test('an error for clients is unchanged, and so is an unexpected one', () => {
    for (const error of [
      gatewayError('CURSOR_INVALID', 'after', 'is odd'),
      new TypeError('bug'),
      undefined,
      'text',
    ]) {
      expect(explainRejection(error, other)).toBe(error);
    }
  });
});
