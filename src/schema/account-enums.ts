import { builder } from './builder.ts';

/** Internal values are Twilio's own. */
export const AccountStatusEnum = builder.enumType('AccountStatus', {
  description: 'Whether an account can be used.',
  values: {
    ACTIVE: { value: 'active', description: 'In use.' },
    SUSPENDED: {
      value: 'suspended',
      description:
        'Disabled, but can be reactivated. Suspending a parent account also suspends its subaccounts.',
    },
    CLOSED: {
      value: 'closed',
      description: 'Closed permanently; Twilio deletes a closed subaccount after 30 days.',
    },
  } as const,
});

export const AccountTypeEnum = builder.enumType('AccountType', {
  description: 'Whether an account is a trial or a paid account.',
  values: {
    TRIAL: {
      value: 'Trial',
      description: 'A trial account, which can send messages only to verified numbers.',
    },
    FULL: { value: 'Full', description: 'A paid account.' },
  } as const,
});

export const AccountFilterInput = builder.inputType('AccountFilter', {
  description: 'Which accounts to list; all given conditions must hold. Twilio applies both.',
  fields: (t) => ({
    friendlyName: t.string({ description: 'With exactly this friendly name.' }),
    status: t.field({ type: AccountStatusEnum, description: 'With this status.' }),
  }),
});
