import {
  type AddressVisibility,
  type FieldPolicy,
  readFieldPolicy,
  type Visibility,
} from '../policy/field-policy.ts';
import type { PageContext } from './context.ts';
import { type Field, textOf } from './form.ts';

const VISIBILITIES: readonly { value: Visibility; label: string }[] = [
  { value: 'SHOWN', label: 'shown' },
  { value: 'HIDDEN', label: 'hidden' },
];
const ADDRESSES: readonly { value: AddressVisibility; label: string }[] = [
  { value: 'SHOWN', label: 'shown in full' },
  { value: 'LAST_FOUR', label: 'the last four digits' },
  { value: 'PSEUDONYM', label: 'a pseudonym, the same for all messages of a number' },
  { value: 'HIDDEN', label: 'hidden' },
];
const HINT = 'What is hidden cannot be filtered by, either.';

/** The fields of a form that sets what an API key sees of personal data. */
export const FIELD_POLICY_FIELDS: readonly Field[] = [
  { name: 'bodies', label: 'Bodies of messages', type: 'radio', choices: VISIBILITIES, hint: HINT },
  { name: 'addresses', label: 'Phone numbers and other addresses', type: 'radio', choices: ADDRESSES },
  { name: 'media', label: 'Media', type: 'radio', choices: VISIBILITIES },
];

/** The values that are filled in. */
export function fieldPolicyValues({ bodies, addresses, media }: FieldPolicy): [string, string][] {
  return [
    ['bodies', bodies],
    ['addresses', addresses],
    ['media', media],
  ];
}

/** Reads the policy from the submitted form. What a browser does not send is hidden. */
export function submittedFieldPolicy(c: PageContext): FieldPolicy {
  return readFieldPolicy({
    bodies: textOf(c, 'bodies'),
    addresses: textOf(c, 'addresses'),
    media: textOf(c, 'media'),
  });
}
