import { describe, expect, test } from 'vitest';
import { describePolicy, SHOW_ALL } from '../../console/src/admin/field-policy.ts';
import { changesOf, endOfDay, formOf } from '../../console/src/admin/key-form.ts';

const KEY = {
  id: 'key',
  name: 'dashboard',
  role: 'READER',
  credentials: [{ id: 'one' }, { id: 'two' }],
  dateExpires: '2030-12-31T23:59:59.999Z',
  fieldPolicy: { ...SHOW_ALL, addresses: 'LAST_FOUR' },
};

describe('the changes of a key', () => {
  test('are nothing where nothing was changed, in whichever order the credentials are', () => {
    expect(changesOf(KEY, formOf(KEY))).toEqual({ id: 'key' });
    expect(changesOf(KEY, { ...formOf(KEY), credentialIds: ['two', 'one'] })).toEqual({ id: 'key' });
  });

  test('are what was changed, and nothing else', () => {
    const form = formOf(KEY);
    expect(changesOf(KEY, { ...form, name: ' board ' })).toEqual({ id: 'key', name: 'board' });
    expect(changesOf(KEY, { ...form, lastDay: '' })).toEqual({ id: 'key', dateExpires: null });
    expect(changesOf(KEY, { ...form, credentialIds: [] })).toEqual({ id: 'key', credentialIds: [] });
    const policy = { ...form.policy, bodies: 'HIDDEN' as const };
    expect(changesOf(KEY, { ...form, policy })).toEqual({ id: 'key', fieldPolicy: policy });
  });

  test('leave the parts of the policy that another administrator changed meanwhile', () => {
    const form = { ...formOf(KEY), policy: { ...formOf(KEY).policy, media: 'HIDDEN' as const } };
    const present = { ...KEY.fieldPolicy, bodies: 'HIDDEN' };
    expect(changesOf(KEY, form, present)).toEqual({
      id: 'key',
      fieldPolicy: { bodies: 'HIDDEN', addresses: 'LAST_FOUR', media: 'HIDDEN' },
    });
  });

  test('name no credentials of an ADMIN key, which may use all', () => {
    const admin = { ...KEY, role: 'ADMIN' };
    expect(changesOf(admin, { ...formOf(admin), credentialIds: [] })).toEqual({ id: 'key' });
  });
});

test('a key is valid until the end of its last day, in UTC', () => {
  expect([endOfDay(''), endOfDay('2030-12-31')]).toEqual([null, '2030-12-31T23:59:59.999Z']);
});

test('a policy is described by what it hides', () => {
  expect(describePolicy(SHOW_ALL)).toBe('everything');
  expect(describePolicy({ bodies: 'HIDDEN', addresses: 'LAST_FOUR', media: 'HIDDEN' })).toBe(
    'no bodies, last four digits, no media',
  );
  expect(describePolicy({ ...SHOW_ALL, addresses: 'A_NEW_ONE' })).toBe('addresses in part');
});
