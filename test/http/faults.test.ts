import { expect, test } from 'vitest';
import { createGateway } from '../../src/app.ts';
import { createLogger } from '../../src/log.ts';
import { createSandbox } from '../../src/sandbox/sandbox.ts';
import { createFixedStore } from '../../src/store/fixed-store.ts';
import { DEFAULTS } from '../kit.ts';

test('an unexpected error before GraphQL is masked, and logged completely with the request', async () => {
  const lines: string[] = [];
  const sandbox = createSandbox({ messages: 1 });
  const store = {
    ...createFixedStore([...sandbox.apps]),
    findApiKeyByHash: () => {
      throw new TypeError('a planted fault');
    },
  };
  const gateway = createGateway({
    config: DEFAULTS,
    urls: { apiUrl: new URL('https://api.twilio.com'), oauthUrl: new URL('https://oauth.twilio.com') },
    store,
    log: createLogger('debug', (line) => lines.push(line)),
    fetch: sandbox.fetch,
  });
  const response = await gateway.fetch('http://localhost/graphql', {
    method: 'POST',
    headers: {
      authorization: `Bearer tgw_${'x'.repeat(43)}`,
      'content-type': 'application/json',
      'x-request-id': 'case-20',
    },
    body: '{"query":"{ viewer { name } }"}',
  });
  expect(response.status).toBe(500);
  const text = await response.text();
  expect(JSON.parse(text)).toMatchObject({ errors: [{ extensions: { code: 'INTERNAL_SERVER_ERROR' } }] });
  expect(text).not.toMatch(/planted|TypeError| at /);
  expect(lines.join('')).toContain('a planted fault');
  expect(JSON.parse(lines.at(-1) ?? '')).toMatchObject({
    msg: 'request',
    requestId: 'case-20',
    status: 500,
    errors: ['INTERNAL_SERVER_ERROR'],
  });
  await gateway.close();
});
