import { describe, expect, test } from 'vitest';
import type { SandboxSwitches } from '../../src/sandbox/sandbox.ts';
import type { UpstreamFetch } from '../../src/twilio/types.ts';
import { createConsentKit, reads } from '../consent/kit.ts';
import { createKit, noErrors } from '../kit.ts';

const OWN = '{ account { sid } messages(first: 2) { nodes { sid } } }';

const VARIANTS: readonly Partial<SandboxSwitches>[] = [
  { tokenIdToken: 'jwt' },
  { tokenIdToken: 'text' },
  { tokenIdToken: 'empty' },
  { tokenIdToken: 'absent' },
  { tokenRefreshToken: 'empty' },
  { tokenRefreshToken: 'absent' },
  { tokenType: 'bearer' },
  { tokenType: 'empty' },
  { tokenType: 'null' },
  { tokenType: 'absent' },
  { tokenExpiresIn: 'text' },
  { tokenExpiresIn: 'null' },
  { tokenExpiresIn: 'absent' },
  { tokenIdToken: 'jwt', tokenRefreshToken: 'empty', tokenType: 'null', tokenExpiresIn: 'null' },
];

const tokenCalls = (calls: readonly { path: string }[]) =>
  calls.filter(({ path }) => path === '/v2/token').length;

describe.each(VARIANTS)('a token response with %j', (switches) => {
  test('allows reads with client credentials, with one token request', async () => {
    const kit = createKit({ sandbox: { switches } });
    const { data } = noErrors(await kit.query(OWN));
    expect(data.messages.nodes).toHaveLength(2);
    expect(tokenCalls(kit.sandbox.calls)).toBe(1);
  });

  test('allows reads with an authorization code and with a refresh token, with one token request each', async () => {
    // Without rotation, the response has no refresh token.
    const kit = await createConsentKit({ switches: { ...switches, rotateRefreshTokens: false } });
    const gateway = await kit.openGateway();
    await gateway.connect();
    await reads(gateway);
    kit.sandbox.revokeTokens();
    await reads(gateway);
    const grants = kit.tokenCalls.map(({ form }) => form.get('grant_type'));
    expect(grants.filter((grant) => grant === 'authorization_code')).toHaveLength(1);
    expect(new Set(grants)).toEqual(new Set(['authorization_code', 'refresh_token']));
    expect(tokenCalls(kit.sandbox.calls)).toBe(kit.tokenCalls.length);
  });
});

/** A gateway whose token endpoint sends this response. */
function answeringToken(body: string, headers: Record<string, string> = {}, status = 200) {
  const kit = createKit();
  const { sandbox } = kit;
  let requests = 0;
  const over = {
    ...sandbox,
    fetch: (async (input, init) => {
      if (!new URL(new Request(input).url).pathname.startsWith('/v2/')) return sandbox.fetch(input, init);
      requests += 1;
      return new Response(body, { status, headers: { 'content-type': 'application/json', ...headers } });
    }) as UpstreamFetch,
  };
  return { kit: createKit({ over }), requests: () => requests };
}

describe('an unusable token response', () => {
  test.each([
    ['no access token', '{"token_type":"Bearer"}'],
    ['an empty one', '{"access_token":"","token_type":"Bearer"}'],
    ['a token that no header can carry', '{"access_token":"planted-token\\nx: y","token_type":"Bearer"}'],
    ['a token with other characters', '{"access_token":"planted-tökén\\u0000","token_type":"Bearer"}'],
    ['another type', '{"access_token":"planted-token","token_type":"mac"}'],
    ['a type that is a number', '{"access_token":"planted-token","token_type":5}'],
    ['a list', '[]'],
    ['null', 'null'],
  ])('%s: TWILIO_INVALID_RESPONSE after one request, without its content', async (_, body) => {
    const { kit, requests } = answeringToken(body);
    const { errors } = await kit.query('{ account { sid } }');
    expect(errors?.map(({ extensions }) => extensions.code)).toEqual(['TWILIO_INVALID_RESPONSE']);
    expect(requests()).toBe(1);
    expect(JSON.stringify([errors, kit.lines])).not.toContain('planted');
  });

  test('a page instead of JSON, with status 200, is retried', async () => {
    const kit = createKit();
    kit.sandbox.set({ faultPath: '/v2/token', htmlInsteadOfJson: { next: 1 }, htmlStatus: 200 });
    noErrors(await kit.query(OWN));
    expect(tokenCalls(kit.sandbox.calls)).toBe(2);
  });

  test('megabytes: TWILIO_RESPONSE_TOO_LARGE after one request', async () => {
    const { kit, requests } = answeringToken(
      `{"access_token":"x","token_type":"Bearer"${' '.repeat(2 ** 20)}}`,
    );
    const { errors } = await kit.query('{ account { sid } }');
    expect(errors?.map(({ extensions }) => extensions.code)).toEqual(['TWILIO_RESPONSE_TOO_LARGE']);
    expect(requests()).toBe(1);
  });
});
