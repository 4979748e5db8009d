import { describe, expect, test } from 'vitest';
import { addByPage, makeKey, openPage } from './kit.ts';

const EDIT = '/credentials/keys/edit';

/** A key for the credential `support` that expires at noon, as the command line makes them. */
async function withKey(dateExpires: Date | null = new Date('2099-06-30T12:00:00Z')) {
  const kit = await openPage();
  const admin = await kit.admin();
  const support = await addByPage(kit, admin);
  const { id } = await makeKey(kit, 'READER', dateExpires);
  await kit.store.updateApiKey(id, { credentialIds: [support] });
  const key = async () => {
    const found = (await kit.store.listApiKeys()).find((one) => one.id === id);
    if (!found) throw new Error('There is no such key.');
    return found;
  };
  const open = async () => {
    const { html, fields } = await admin.get(`${EDIT}?id=${id}`);
    const day = /name="dateExpires"[^>]*value="([^"]*)"/.exec(html)?.[1] ?? '';
    const policy = { bodies: 'SHOWN', addresses: 'SHOWN', media: 'SHOWN' };
    return {
      html,
      typed: { ...fields, ...policy, name: 'a READER', credential: [support], dateExpires: day },
    };
  };
  return { kit, admin, id, support, key, open };
}

describe('changing an API key', () => {
  test('the form shows its values, and a new name alone leaves the expiry to the millisecond', async () => {
    const { admin, support, key, open } = await withKey();
    const { html, typed } = await open();
    expect(html).toContain('<h1>Change a READER</h1>');
    expect(html).toContain('value="a READER"');
    expect(html).toContain(`value="${support}" checked`);
    expect(typed.dateExpires).toBe('2099-06-30');
    const before = await key();
    expect((await admin.post(EDIT, { ...typed, name: 'case desk' })).status).toBe(303);
    expect(await key()).toEqual({ ...before, name: 'case desk' });
    expect((await admin.get('/credentials')).html).toContain(
      'The API key &quot;case desk&quot; was changed.',
    );
  });

  test('a new name does not revive an expired key', async () => {
    const { admin, key, open } = await withKey(new Date('2020-01-31T12:00:00Z'));
    const { typed } = await open();
    expect((await admin.post(EDIT, { ...typed, name: 'old' })).status).toBe(303);
    expect(await key()).toMatchObject({ name: 'old', dateExpires: new Date('2020-01-31T12:00:00Z') });
  });

  test('a new name does not extend a key that expires today', async () => {
    const soon = new Date(Date.now() + 1000);
    const { admin, key, open } = await withKey(soon);
    const { typed } = await open();
    await admin.post(EDIT, { ...typed, name: 'today' });
    expect(await key()).toMatchObject({ name: 'today', dateExpires: soon });
  });

  test('another day, and none, are saved; a past or impossible one is rejected at its field', async () => {
    const { admin, key, open } = await withKey();
    const { typed } = await open();
    await admin.post(EDIT, { ...typed, dateExpires: '2098-12-31' });
    expect((await key()).dateExpires).toEqual(new Date('2098-12-31T23:59:59.999Z'));
    const next = (await open()).typed;
    for (const dateExpires of ['2001-01-01', '2099-02-30', 'soon']) {
      const { status, html, fields } = await admin.post(EDIT, { ...next, name: 'desk', dateExpires });
      expect([status, html]).toEqual([422, expect.stringContaining('id="dateExpires-wrong"')]);
      expect(html).toContain('value="desk"');
      // The corrected form still knows what was shown first.
      expect(fields).toMatchObject({ 'dateExpires-shown': '2098-12-31', 'name-shown': 'a READER' });
    }
    await admin.post(EDIT, { ...next, dateExpires: '' });
    expect(await key()).toMatchObject({ name: 'a READER', dateExpires: null });
  });

  test('what another admin changed meanwhile stays', async () => {
    const { kit, admin, id, key, open } = await withKey();
    const { typed } = await open();
    const [settings] = await kit.store.list();
    const policy = { bodies: 'HIDDEN', addresses: 'SHOWN', media: 'SHOWN' } as const;
    const meanwhile = { credentialIds: [settings?.id ?? ''], dateExpires: null, fieldPolicy: policy };
    await kit.store.updateApiKey(id, meanwhile);
    await admin.post(EDIT, { ...typed, name: 'case desk', media: 'HIDDEN' });
    expect(await key()).toMatchObject({
      fieldPolicy: { bodies: 'HIDDEN', addresses: 'SHOWN', media: 'HIDDEN' },
      name: 'case desk',
      credentialIds: [settings?.id],
      dateExpires: null,
    });
  });

  test('a key without credentials is saved with a warning, on the new key too', async () => {
    const { admin, key, open } = await withKey();
    const { typed } = await open();
    await admin.post(EDIT, { ...typed, credential: [] });
    expect((await key()).credentialIds).toEqual([]);
    const list = await admin.get('/credentials');
    expect(list.html).toMatch(/role="alert">The API key [^<]* was changed\. It may use no credential/);
    await admin.get('/credentials/keys/create');
    const created = await admin.post('/credentials/keys/create', { name: 'x', role: 'READER' });
    expect(created.html).toMatch(/role="alert">It may use no credential/);
    const other = await admin.post('/credentials/keys/create', { name: 'x', role: 'ADMIN' });
    expect(other.html).not.toContain('role="alert"');
  });

  test('an ADMIN key may use all credentials, so its form has none', async () => {
    const { kit, admin } = await withKey();
    const { id } = await makeKey(kit, 'ADMIN');
    const { html, fields } = await admin.get(`${EDIT}?id=${id}`);
    expect(html).not.toContain('type="checkbox"');
    expect((await admin.post(EDIT, { ...fields, name: 'ops', dateExpires: '' })).status).toBe(303);
    expect(await kit.store.listApiKeys()).toContainEqual(
      expect.objectContaining({ id, name: 'ops', role: 'ADMIN', credentialIds: [], dateExpires: null }),
    );
  });

  test('an unknown credential or an empty name is rejected, and nothing is changed', async () => {
    const { admin, key, open } = await withKey();
    const before = await key();
    const { typed } = await open();
    expect((await admin.post(EDIT, { ...typed, credential: ['gone'] })).status).toBe(404);
    expect((await admin.post(EDIT, { ...typed, name: ' ' })).status).toBe(422);
    expect((await admin.get(`${EDIT}?id=gone`)).status).toBe(404);
    expect(await key()).toEqual(before);
  });
});
