import { type FieldPolicy, SHOW_ALL } from '../policy/field-policy.ts';
import { builder } from './builder.ts';

const VisibilityEnum = builder.enumType('BodyVisibility', {
  description: 'Whether bodies or media are shown.',
  values: {
    SHOWN: { description: 'They are shown.' },
    HIDDEN: { description: 'They are null, and cannot be filtered by.' },
  } as const,
});

const AddressVisibilityEnum = builder.enumType('AddressVisibility', {
  description: 'How phone numbers and other addresses are shown. Unless SHOWN, they cannot be filtered by.',
  values: {
    SHOWN: { description: 'In full.' },
    LAST_FOUR: { description: 'Their last four characters, e.g. `whatsapp:…0100`.' },
    PSEUDONYM: {
      description:
        'A code such as `~Xb3…`, always the same for a number, on every channel. It cannot be turned back.',
    },
    HIDDEN: { description: 'They are null.' },
  } as const,
});

export const FieldPolicyRef = builder.objectRef<FieldPolicy>('FieldPolicy').implement({
  description: 'What a caller sees of the personal data in messages.',
  fields: (t) => ({
    bodies: t.field({
      type: VisibilityEnum,
      description: 'The bodies of messages.',
      resolve: ({ bodies }) => bodies,
    }),
    addresses: t.field({
      type: AddressVisibilityEnum,
      description: 'The addresses of senders and recipients.',
      resolve: ({ addresses }) => addresses,
    }),
    media: t.field({
      type: VisibilityEnum,
      description: 'The media of messages.',
      resolve: ({ media }) => media,
    }),
  }),
});

export const FieldPolicyInput = builder.inputType('FieldPolicyInput', {
  description:
    'What a caller sees of the personal data in messages: in responses, exports and media links. What is hidden cannot be filtered by.',
  fields: (t) => ({
    bodies: t.field({ type: VisibilityEnum, defaultValue: 'SHOWN', description: 'The bodies of messages.' }),
    addresses: t.field({
      type: AddressVisibilityEnum,
      defaultValue: 'SHOWN',
      description: 'The addresses of senders and recipients.',
    }),
    media: t.field({ type: VisibilityEnum, defaultValue: 'SHOWN', description: 'The media of messages.' }),
  }),
});

/** Turns the input into a policy; null means the default, too. */
export function policyOf(
  input: { readonly [K in keyof FieldPolicy]?: FieldPolicy[K] | null | undefined } | null | undefined,
): FieldPolicy {
  return {
    bodies: input?.bodies ?? SHOW_ALL.bodies,
    addresses: input?.addresses ?? SHOW_ALL.addresses,
    media: input?.media ?? SHOW_ALL.media,
  };
}
