import { builder } from './builder.ts';

/** Internal values are Twilio's own words. */
export const AccountStatusEnum = builder.enumType('AccountStatus', {
  description: 'Whether an account can be used.',
  values: {
    ACTIVE: { value: 'active', description: 'In use.' },
    SUSPENDED: {
      value: 'suspended',
      description: 'Stopped, and can be made active again. A suspended parent stops its subaccounts.',
    },
    CLOSED: {
      value: 'closed',
      description: 'Ended for good; Twilio deletes a closed subaccount after 30 days.',
    },
  } as const,
});

export const AccountTypeEnum = builder.enumType('AccountType', {
  description: 'Whether an account is paid for.',
  values: {
    TRIAL: { value: 'Trial', description: 'A trial account, with limits on whom it may write to.' },
    FULL: { value: 'Full', description: 'A paid account.' },
  } as const,
});

export const AccountFilterInput = builder.inputType('AccountFilter', {
  description: 'Which accounts to list; all given conditions must hold. Twilio filters both.',
  fields: (t) => ({
    friendlyName: t.string({ description: 'With exactly this name.' }),
    status: t.field({ type: AccountStatusEnum, description: 'In this status.' }),
  }),
});
