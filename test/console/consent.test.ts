import { describe, expect, test } from 'vitest';
import { openSession } from './session.ts';

const CALLBACK = 'http://localhost/oauth/callback';
const COOKIE = 'tgw_consent';

async function open(options: Parameters<typeof openSession>[0] = {}) {
  const session = await openSession(options);
  const { kit } = session;
  const app = kit.sandbox.addOrganizationApp({
    accountSid: kit.sandbox.accounts.parent.sid,
    redirectUris: [CALLBACK],
  });
  const input = { nickname: 'organization', clientId: app.clientId, clientSecret: app.clientSecret };

  /** Starts a consent as the console does; keeps its cookie. */
  async function start(body: unknown = input, more: Record<string, string> = {}) {
    const response = await session.post('/oauth/consent', body, more);
    const json = (await response.json().catch(() => null)) as {
      url?: string;
      errors?: { extensions: { code: string; argument?: string } }[];
    } | null;
    return { status: response.status, url: json?.url, errors: json?.errors };
  }

  /** Decides at Twilio's page. @returns the path of the redirect back */
  async function decide(url: string | undefined, decision = 'allow'): Promise<string> {
    const body = new URLSearchParams([...new URL(url ?? '').searchParams, ['decision', decision]]);
    const response = await kit.sandbox.fetch('/v2/authorize', { method: 'POST', body });
    const back = new URL(response.headers.get('location') ?? '');
    return back.pathname + back.search;
  }
  const nicknames = async () => (await kit.store.list()).map(({ nickname }) => nickname);
  return { ...session, app, input, start, decide, nicknames };
}

describe('a consent that is started in the console', () => {
  test('goes to Twilio and back to its screen', async () => {
    const { start, decide, visitor, nicknames, app } = await open();
    const { status, url } = await start();
    expect(status).toBe(200);
    expect(new URL(url ?? '').searchParams.get('redirect_uri')).toBe(CALLBACK);
    const path = await decide(url);
    const landed = await visitor.get(path, { 'sec-fetch-site': 'cross-site' });
    expect(landed).toMatchObject({ status: 303, location: '/admin/credentials?consent=DONE' });
    expect(await nicknames()).toContain('organization');
    expect(visitor.received()).not.toContain(app.clientSecret);
    // Neither the code nor the state works twice.
    expect((await visitor.get(path)).location).not.toContain('DONE');
  });

  test('says by a code why it failed', async () => {
    const { start, decide, visitor, nicknames } = await open();
    const denied = await decide((await start()).url, 'deny');
    expect((await visitor.get(denied)).location).toBe('/admin/credentials?consent=CONSENT_DENIED');
    const { url } = await start();
    const path = await decide(url);
    const forged = path.replace(/state=[^&]+/, 'state=other');
    expect((await visitor.get(forged)).location).toBe('/admin/credentials?consent=CONSENT_EXPIRED');
    expect(await nicknames()).toEqual(['sandbox-subaccount']);
  });

  test('is bound to its browser', async () => {
    const [mine, other] = [await open(), await open()];
    const path = await mine.decide((await mine.start()).url);
    other.visitor.jar.set(COOKIE, mine.visitor.jar.get(COOKIE) ?? '');
    await other.visitor.get(path);
    expect(await other.nicknames()).toEqual(['sandbox-subaccount']);
    // The same gateway, in another browser and in one that is not signed in.
    const { visitor, kit, token, decide, start, nicknames } = mine;
    const beside = kit.visitor();
    await beside.logIn(token);
    expect((await beside.get(path)).location).toContain('CONSENT_EXPIRED');
    expect((await kit.visitor().get(path)).location).toContain('UNAUTHENTICATED');
    await visitor.post('/logout');
    expect((await visitor.get(path)).location).toContain('UNAUTHENTICATED');
    expect(await nicknames()).toEqual(['sandbox-subaccount']);
    await visitor.logIn(token);
    await visitor.get(await decide((await start()).url), { 'sec-fetch-site': 'cross-site' });
    expect(await nicknames()).toContain('organization');
  });

  test('is for an ADMIN, and by a page of the gateway', async () => {
    const reader = await open({ role: 'READER' });
    expect(await reader.start()).toMatchObject({
      status: 403,
      errors: [{ extensions: { code: 'FORBIDDEN' } }],
    });
    const { start, kit, input, visitor } = await open();
    expect((await start(undefined, { 'sec-fetch-site': 'cross-site' })).status).toBe(403);
    expect((await start(undefined, { 'x-gateway-session': '' })).status).toBe(415);
    expect((await visitor.post('/oauth/consent', input)).status).toBe(415);
    expect(kit.sandbox.calls).toEqual([]);
  });

  test('names the invalid field', async () => {
    const { start, input } = await open();
    expect(await start({ ...input, clientId: 'OQ1' })).toMatchObject({
      status: 422,
      errors: [{ extensions: { code: 'BAD_USER_INPUT', argument: 'clientId' } }],
    });
    expect((await start({ ...input, nickname: 'sandbox-subaccount' })).errors).toMatchObject([
      { extensions: { code: 'NICKNAME_TAKEN' } },
    ]);
  });
});
