import { expect, test } from 'vitest';
import { createKit } from '../kit.ts';

const URLS = { apiUrl: new URL('https://api.twilio.com'), oauthUrl: new URL('https://oauth.twilio.com') };

test.each([
  ['of the sandbox', {}, true],
  ['of the sandbox, as the settings say it', { twilio: null }, true],
  ['of Twilio', { twilio: { ...URLS, credential: null } }, false],
])('viewer.isSandbox tells whether the messages are %s', async (_name, config, isSandbox) => {
  const { data } = await createKit({ config }).query('{ viewer { isSandbox } }');
  expect(data.viewer).toEqual({ isSandbox });
});
