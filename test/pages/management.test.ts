import { describe, expect, test, vi } from 'vitest';
import { StoreUnavailableError } from '../../src/store/store-errors.ts';
import { addByPage, openPage, typedIn } from './kit.ts';

describe('adding', () => {
  test('shows account and permissions for review, stores on approval, and lists the permissions', async () => {
    const kit = await openPage();
    const { app, sandbox } = kit;
    sandbox.setPermissions(app.clientId, [
      '/twilio/messaging/*',
      '/twilio/usage/*',
      '/twilio/iam/accounts/read',
    ]);
    const admin = await kit.admin();
    await admin.get('/credentials/add');
    const { html, fields } = await admin.post('/credentials/check', typedIn(app));
    expect(html).toContain(sandbox.accounts.parent.sid);
    expect(html).toContain(sandbox.accounts.parent.friendlyName);
    expect(html).toContain('will fail until it is granted');
    expect(html).toContain('/twilio/iam/accounts/list');
    expect(await kit.store.list()).toHaveLength(1);

    expect((await admin.post('/credentials/add', fields)).location).toBe('/credentials');
    const list = await admin.get('/credentials');
    expect(list.html).toContain('&quot;support&quot; was added.');
    expect(list.html.match(/: granted</g)).toHaveLength(5);
    expect(list.html.match(/: missing</g)).toHaveLength(1);
    // The credential of the settings.
    expect(list.html).toContain('Never checked');
    expect(list.html.match(/>of the sandbox</g)).toHaveLength(1);
    expect(list.html.match(/href="\/credentials\/rename/g)).toHaveLength(1);
  });

  test.each([
    ['nickname', 422, { nickname: '' }, 'nickname-wrong'],
    ['nickname', 409, { nickname: 'SANDBOX-subaccount' }, 'nickname-wrong'],
    ['clientId', 422, { clientId: 'OQ123' }, 'clientId-wrong'],
    ['clientSecret', 422, { clientSecret: 'short' }, 'clientSecret-wrong'],
    ['accountSid', 422, { accountSid: 'AC1' }, 'accountSid-wrong'],
    ['accountSid', 422, { accountSid: `AC${'0'.repeat(32)}` }, 'accountSid-wrong'],
    ['no field', 422, { clientSecret: 'not-the-secret-at-all' }, 'role="alert"'],
  ])(
    'shows the error of a wrong %s with status %i at its field, with the entered values',
    async (_field, status, change, mark) => {
      const kit = await openPage();
      const admin = await kit.admin();
      await admin.get('/credentials/add');
      const typed = { clientId: '', clientSecret: '', ...typedIn(kit.app), ...change };
      const response = await admin.post('/credentials/check', typed);
      expect(response.status).toBe(status);
      expect(response.html).toContain(mark);
      expect(response.html).toContain(`value="${typed.clientId}"`);
      expect(response.html).not.toContain(typed.clientSecret);
      expect(await kit.store.list()).toHaveLength(1);
    },
  );
});

describe('a credential', () => {
  test('refused by Twilio is marked with the date and code', async () => {
    const kit = await openPage();
    const admin = await kit.admin();
    const id = await addByPage(kit, admin);
    const fresh = kit.sandbox.rotateSecret(kit.app.clientId);
    kit.sandbox.revokeTokens();
    const response = await admin.post('/credentials/recheck', { id });
    expect(response.status).toBe(303);
    expect((await admin.get('/credentials')).html).toContain('class="problem" role="alert"');
    // The mark is stored in the background, so that the read does not wait for it.
    await vi.waitFor(async () => expect((await kit.store.get(id))?.refused).not.toBeNull());
    expect((await admin.get('/credentials')).html).toMatch(
      /Twilio has refused the secret since <time[^>]*>[^<]+<\/time>, code \d+: rotate it/,
    );
    await admin.post('/credentials/rotate', { id, clientSecret: fresh });
    expect((await admin.get('/credentials')).html).not.toContain('refused the secret');
  });

  test('of the settings can be rechecked, but not changed', async () => {
    const kit = await openPage();
    const admin = await kit.admin();
    const [{ id } = { id: '' }] = await kit.store.list();
    await admin.get('/credentials');
    expect((await admin.post('/credentials/recheck', { id })).status).toBe(303);
    expect((await admin.get('/credentials')).html.match(/: granted</g)).toHaveLength(6);
    for (const [path, fields] of Object.entries({ rename: { nickname: 'x' }, remove: {} })) {
      const { status, html } = await admin.post(`/credentials/${path}`, { id, ...fields });
      expect([path, status]).toEqual([path, 409]);
      expect(html).toContain('comes from the settings');
    }
  });

  test('that was removed is not found', async () => {
    const admin = await (await openPage()).admin();
    for (const path of ['rename', 'rotate', 'remove', 'keys/revoke']) {
      expect((await admin.get(`/credentials/${path}?id=gone`)).status).toBe(404);
      expect((await admin.post(`/credentials/${path}`, { id: 'gone' })).status).toBe(404);
    }
  });
});

describe('an API key', () => {
  test('gives access to the chosen credentials, and expires at the end of the day', async () => {
    const kit = await openPage();
    const admin = await kit.admin();
    const id = await addByPage(kit, admin);
    const [settings] = await kit.store.list();
    await admin.get('/credentials/keys/create');
    const credential = [id, settings?.id ?? ''];
    const typed = { name: 'dashboard', role: 'READER', credential, dateExpires: '2099-12-31' };
    expect((await admin.post('/credentials/keys/create', typed)).status).toBe(200);
    expect(await kit.store.listApiKeys()).toMatchObject([
      { name: 'dashboard', role: 'READER', dateExpires: new Date('2099-12-31T23:59:59.999Z') },
    ]);
    const { html } = await admin.get('/credentials');
    expect(html).toContain('sandbox-subaccount, support');
    expect(html).toContain('2099-12-31 23:59 UTC');
  });

  test('shows what its field policy says, and shows the policy when it is changed', async () => {
    const kit = await openPage();
    const admin = await kit.admin();
    const credential = await addByPage(kit, admin);
    const created = await admin.get('/credentials/keys/create');
    for (const name of ['bodies', 'addresses', 'media']) {
      expect(created.html).toContain(`name="${name}" value="SHOWN" checked`);
    }
    const typed = { name: 'review', role: 'READER', credential, bodies: 'HIDDEN', addresses: 'LAST_FOUR' };
    expect((await admin.post('/credentials/keys/create', { ...typed, media: 'SHOWN' })).status).toBe(200);
    const [key] = await kit.store.listApiKeys();
    expect(key?.fieldPolicy).toEqual({ bodies: 'HIDDEN', addresses: 'LAST_FOUR', media: 'SHOWN' });
    expect((await admin.get('/credentials')).html).toContain('no bodies, the last four digits of addresses');

    const id = key?.id ?? '';
    const edited = await admin.get(`/credentials/keys/edit?${new URLSearchParams({ id })}`);
    expect(edited.html).toContain('name="addresses" value="LAST_FOUR" checked');
    // What a hand-made request leaves out is hidden.
    await admin.post('/credentials/keys/edit', { id, name: 'review', credential, addresses: 'PSEUDONYM' });
    expect((await kit.store.listApiKeys())[0]?.fieldPolicy).toEqual({
      bodies: 'HIDDEN',
      addresses: 'PSEUDONYM',
      media: 'HIDDEN',
    });
  });

  test.each([
    ['2001-01-01', 'is in the past'],
    ['2099-02-30', 'not a date'],
    ['soon', 'not a date'],
  ])('that expires on %s is rejected at its field', async (dateExpires, words) => {
    const kit = await openPage();
    const admin = await kit.admin();
    const id = await addByPage(kit, admin);
    await admin.get('/credentials/keys/create');
    const typed = { name: 'dashboard', role: 'ADMIN', credential: id, dateExpires };
    const { status, html } = await admin.post('/credentials/keys/create', typed);
    expect(status).toBe(422);
    expect(html).toMatch(new RegExp(`id="dateExpires-wrong">[^<]*${words}`));
    expect(html).toContain('value="dashboard"');
    expect(html).toContain(`value="${id}" checked`);
    expect(html).toContain('value="ADMIN" checked');
  });
});

describe('an unavailable store', () => {
  test('still serves known credentials, and rejects changes with a clear page', async () => {
    let away = false;
    const kit = await openPage({
      wrap: (store) => ({
        ...store,
        async rename(id, nickname) {
          if (away) throw new StoreUnavailableError('it does not respond');
          return store.rename(id, nickname);
        },
        async list() {
          if (away) throw new StoreUnavailableError('it does not respond');
          return store.list();
        },
      }),
    });
    const admin = await kit.admin();
    const id = await addByPage(kit, admin);
    await admin.get(`/credentials/rename?id=${id}`);
    away = true;
    const renamed = await admin.post('/credentials/rename', { id, nickname: 'case desk' });
    expect(renamed.status).toBe(503);
    expect(renamed.html).toContain('value="case desk"');
    const list = await admin.get('/credentials');
    expect(list.status).toBe(503);
    expect(list.html).toContain('<h1>Not available now</h1>');
    expect(list.html).toContain('cannot be reached');
  });
});

describe('the audit', () => {
  test('lists changes, newest first, and can be filtered; hostile names are text', async () => {
    const kit = await openPage();
    const admin = await kit.admin();
    await addByPage(kit, admin);
    await admin.get('/credentials/keys/create');
    const typed = { name: '<b>key</b>', role: 'READER', bodies: 'SHOWN', addresses: 'SHOWN', media: 'SHOWN' };
    await admin.post('/credentials/keys/create', typed);
    const { status, html } = await admin.get('/credentials/audit');
    expect(status).toBe(200);
    expect(html.indexOf('api-key.create')).toBeGreaterThan(0);
    expect(html.indexOf('api-key.create')).toBeLessThan(html.indexOf('credential.add'));
    expect(html).toContain('&lt;b&gt;key&lt;/b&gt;');
    expect(html).not.toContain('<b>key');
    const filtered = await admin.get('/credentials/audit?action=credential.add');
    expect(filtered.html).toContain('<td>credential.add</td>');
    expect(filtered.html).not.toContain('<td>api-key.create</td>');
    expect((await admin.get('/credentials/audit?actor=%22%3E%3Cscript%3E&before=x')).html).not.toContain(
      '<script',
    );
  });

  test('has pages', async () => {
    const kit = await openPage();
    const admin = await kit.admin();
    const entry = { actor: 'ops', action: 'test', target: null, origin: null, detail: null };
    for (let number = 0; number < 101; number += 1)
      await kit.store.appendAudit({ ...entry, at: new Date(number) });
    const { html } = await admin.get('/credentials/audit?action=test');
    const [, older] = /href="([^"]*before=[^"]*)">Older entries/.exec(html) ?? [];
    expect(html.match(/<td>ops<\/td>/g)).toHaveLength(100);
    const last = await admin.get((older ?? '').replaceAll('&amp;', '&'));
    expect(last.html.match(/<td>ops<\/td>/g)).toHaveLength(1);
    expect(last.html).not.toContain('Older entries');
  });
});
