import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { redirectUriAt } from '../../src/admin/consent.ts';
import { StoreUnavailableError } from '../../src/store/store-errors.ts';
import { CALLBACK } from '../sandbox/consent-kit.ts';
import { newCredential, until } from '../store/test-engines.ts';
import { ADMIN, codeOfFailure, createConsentKit, READER, reads } from './kit.ts';

describe('consent', () => {
  test('given at Twilio creates a credential that can read', async () => {
    const { sandbox, app, openGateway, press } = await createConsentKit();
    const gateway = await openGateway();
    const callback = await press(await gateway.begin(), 'allow');
    expect(callback.href.startsWith(`${CALLBACK}?code=`)).toBe(true);
    const credential = await gateway.finish(callback);
    const { parent } = sandbox.accounts;
    expect(credential).toMatchObject({
      nickname: 'consented',
      kind: 'authorization_code',
      accountSid: parent.sid,
      clientId: app.clientId,
      refused: null,
    });
    expect(credential.permissions.map(({ granted }) => granted)).toEqual(Array(6).fill(true));
    const { data, errors } = await gateway.query(
      '{ account { sid friendlyName } messages(first: 2) { nodes { sid } } credential { nickname } }',
    );
    expect(errors).toBeUndefined();
    expect(data).toMatchObject({
      account: { sid: parent.sid, friendlyName: parent.friendlyName },
      messages: { nodes: [{}, {}] },
      credential: { nickname: 'consented' },
    });
    const [entry] = await gateway.store.listAudit({ limit: 10 });
    expect(entry).toMatchObject({
      actor: 'ops',
      action: 'credential.consent',
      target: credential.id,
      origin: '127.0.0.1',
      detail: {
        nickname: 'consented',
        accountSid: parent.sid,
        clientId: app.clientId,
        renewed: false,
      },
    });
  });

  test('sends state, offline_access and the S256 hash of the verifier', async () => {
    const { app, openGateway, press, tokenCalls } = await createConsentKit();
    const gateway = await openGateway();
    const [url, other] = [await gateway.begin(), await gateway.begin()];
    const { state = '', code_challenge, ...rest } = Object.fromEntries(url.searchParams);
    expect(`${url.origin}${url.pathname}`).toBe('https://oauth.twilio.com/v2/authorize');
    expect(rest).toEqual({
      client_id: app.clientId,
      response_type: 'code',
      scope: 'offline_access',
      redirect_uri: CALLBACK,
      code_challenge_method: 'S256',
    });
    expect(Buffer.from(state, 'base64url')).toHaveLength(32);
    for (const name of ['state', 'code_challenge']) {
      expect(other.searchParams.get(name)).not.toBe(url.searchParams.get(name));
    }
    await gateway.finish(await press(url, 'allow'));
    const verifier = tokenCalls[0]?.form.get('code_verifier') ?? '';
    expect(createHash('sha256').update(verifier).digest('base64url')).toBe(code_challenge);
    expect(verifier.length).toBeGreaterThanOrEqual(43);
  });

  test.each([
    ['another challenge', (url: URL) => url.searchParams.set('code_challenge', 'x'.repeat(43))],
    [
      'no challenge at all',
      (url: URL) => {
        url.searchParams.delete('code_challenge');
        url.searchParams.delete('code_challenge_method');
      },
    ],
  ])('requested with %s fails', async (_, tamper) => {
    const { openGateway, press } = await createConsentKit();
    const gateway = await openGateway();
    const url = await gateway.begin();
    tamper(url);
    expect(await codeOfFailure(gateway.finish(await press(url, 'allow')))).toBe('CONSENT_FAILED');
    expect(await gateway.store.list()).toEqual([]);
  });

  test('given again renews the existing credential, also with a new secret', async () => {
    const { sandbox, app, openGateway, press } = await createConsentKit();
    const gateway = await openGateway();
    const first = await gateway.connect();
    await reads(gateway);
    sandbox.revokeRefreshTokens(app.clientId);
    sandbox.revokeTokens(app.clientId);
    const clientSecret = sandbox.rotateSecret(app.clientId);
    expect((await gateway.query()).errors?.[0]?.extensions.code).toBe('CREDENTIAL_REFUSED');
    await until(async () => (await gateway.store.get(first.id))?.refused?.code === 322402);

    const url = await gateway.begin('CONSENTED', ADMIN, { clientSecret });
    const renewed = await gateway.finish(await press(url, 'allow'));
    expect(renewed).toMatchObject({ id: first.id, nickname: 'consented', refused: null, secretVersion: 2 });
    expect(await gateway.store.clientSecret(first.id)).toBe(clientSecret);
    expect(await gateway.store.list()).toHaveLength(1);
    expect(await reads(gateway)).toBe(first.accountSid);
    const [entry] = await gateway.store.listAudit({ limit: 1 });
    expect(entry?.detail).toMatchObject({ renewed: true });
  });

  test('can be finished behind a proxy that changes host and protocol', async () => {
    const { sandbox, app, openGateway, press } = await createConsentKit();
    const redirectUri = redirectUriAt('https://gateway.example:8443');
    expect(redirectUri).toBe('https://gateway.example:8443/oauth/callback');
    sandbox.allowRedirect(app.clientId, redirectUri);
    const gateway = await openGateway();
    const { search } = await press(await gateway.begin('consented', ADMIN, { redirectUri }), 'allow');
    await gateway.finish(new URL(`http://10.0.0.1:4000/oauth/callback${search}`));
    await reads(gateway);
  });
});

describe('starting a consent', () => {
  test.each([
    ['a client id of another kind', { clientId: `AC${'0'.repeat(32)}` }, 'BAD_USER_INPUT'],
    ['a short secret', { clientSecret: 'short' }, 'BAD_USER_INPUT'],
    ['no nickname', { nickname: ' ' }, 'BAD_USER_INPUT'],
    ['a nickname that is not valid in a header', { nickname: 'naïve' }, 'BAD_USER_INPUT'],
    ['the nickname of another app', { nickname: 'Taken' }, 'NICKNAME_TAKEN'],
  ])('with %s is rejected before the redirect to Twilio', async (_, part, code) => {
    const { openGateway } = await createConsentKit();
    const gateway = await openGateway();
    await gateway.store.add(newCredential({ nickname: 'taken' }));
    expect(await codeOfFailure(gateway.begin('consented', ADMIN, part))).toBe(code);
  });

  test('requires an ADMIN', async () => {
    const gateway = await (await createConsentKit()).openGateway();
    expect(await codeOfFailure(gateway.begin('consented', READER))).toBe('FORBIDDEN');
  });

  test('does not overwrite a nickname that was taken meanwhile', async () => {
    const { openGateway, press } = await createConsentKit();
    const gateway = await openGateway();
    const callback = await press(await gateway.begin(), 'allow');
    await gateway.store.add(newCredential({ nickname: 'consented' }));
    expect(await codeOfFailure(gateway.finish(callback))).toBe('NICKNAME_TAKEN');
  });
});

test('a credential whose refresh token could not be stored is removed', async () => {
  const { openGateway, press } = await createConsentKit();
  const saveRefreshToken = () => Promise.reject(new StoreUnavailableError('the disk is full.'));
  const gateway = await openGateway({ store: (store) => ({ ...store, saveRefreshToken }) });
  const callback = await press(await gateway.begin(), 'allow');
  expect(await codeOfFailure(gateway.finish(callback))).toBe('STORE_UNAVAILABLE');
  expect(await gateway.store.list()).toEqual([]);
});
