import { type Policy, SHOW_ALL } from './field-policy.ts';

/** The values of the form for a key. */
export interface KeyForm {
  readonly name: string;
  readonly credentialIds: readonly string[];
  /** `2030-12-31`, or empty for a key that does not expire. */
  readonly lastDay: string;
  readonly policy: Policy;
}

export const NEW_KEY: KeyForm = { name: '', credentialIds: [], lastDay: '', policy: SHOW_ALL };

/** The last instant of a day in UTC; null for no day. */
export const endOfDay = (day: string): string | null => (day === '' ? null : `${day}T23:59:59.999Z`);

interface Key {
  readonly id: string;
  readonly name: string;
  readonly role: string;
  readonly credentials: readonly { readonly id: string }[];
  readonly dateExpires: string | null | undefined;
  readonly fieldPolicy: { readonly [Part in keyof Policy]: string };
}

/** The form of a key as it is. */
export function formOf({ name, credentials, dateExpires, fieldPolicy }: Key): KeyForm {
  return {
    name,
    credentialIds: credentials.map(({ id }) => id),
    lastDay: dateExpires?.slice(0, 10) ?? '',
    policy: fieldPolicy as Policy,
  };
}

/**
 * Returns only the changed values: another administrator may have changed the rest meanwhile.
 *
 * @param key the key as it was shown
 * @param presentPolicy the policy it has now, of which the parts that were not changed stay
 */
export function changesOf(key: Key, form: KeyForm, presentPolicy: Key['fieldPolicy'] = key.fieldPolicy) {
  const before = formOf(key);
  const isSame = (one: unknown, other: unknown) => JSON.stringify(one) === JSON.stringify(other);
  const ids = (list: readonly string[]) => [...list].sort();
  return {
    id: key.id,
    ...(form.name.trim() !== before.name && { name: form.name.trim() }),
    ...(key.role !== 'ADMIN' &&
      !isSame(ids(form.credentialIds), ids(before.credentialIds)) && { credentialIds: form.credentialIds }),
    ...(form.lastDay !== before.lastDay && { dateExpires: endOfDay(form.lastDay) }),
    ...(!isSame(form.policy, before.policy) && {
      fieldPolicy: mergePolicy(before.policy, form.policy, presentPolicy as Policy),
    }),
  };
}

function mergePolicy(shown: Policy, typed: Policy, present: Policy): Policy {
  const changed = Object.entries(typed).filter(([part, value]) => value !== shown[part as keyof Policy]);
  return { ...present, ...Object.fromEntries(changed) };
}
