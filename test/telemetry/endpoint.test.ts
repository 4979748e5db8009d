import { expect, test } from 'vitest';
import { endpointOf } from '../../src/telemetry/endpoint.ts';

const AC = `AC${'0'.repeat(32)}`;
const SM = `SM${'0'.repeat(32)}`;

test.each([
  ['/2010-04-01/Accounts.json?PageSize=50', 'accounts_list'],
  [`/2010-04-01/Accounts/${AC}.json`, 'account'],
  [
    `https://api.twilio.com/2010-04-01/Accounts/${AC}/Messages.json?From=a/b/c&To=/2010-04-01/x`,
    'messages_list',
  ],
  [`/2010-04-01/Accounts/${AC}/Messages/${SM}.json`, 'message'],
  [`https://api.twilio.com/2010-04-01/Accounts/${AC}/Messages/${SM}/Media.json?PageSize=50`, 'media_list'],
  ['https://oauth.twilio.com/v2/token', 'token'],
  ['https://oauth.twilio.com/v2/authorize', undefined],
  ['https://example.com/?x=/2010-04-01/Accounts.json', undefined],
])('%s', (url, endpoint) => {
  expect(endpointOf(url)).toBe(endpoint);
});
