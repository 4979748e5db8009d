import { parseTwilioDate } from '../twilio/dates.ts';
import type { WireUsageRecord } from '../twilio/resources/usage-records.ts';
import { AccountInterface } from './account-connections.ts';
import { builder } from './builder.ts';
import { usageRead } from './cost.ts';
import { MoneyRef } from './message-stats.ts';

const UsageIntervalEnum = builder.enumType('UsageInterval', {
  description: 'The periods of usage records, in GMT.',
  values: {
    DAY: { description: 'One record for each category and day.' },
    MONTH: { description: 'One record for each category and month.' },
    ALL_TIME: { description: 'One record for each category, since the account was created.' },
  } as const,
});

const UsageRecordRef = builder.objectRef<WireUsageRecord>('UsageRecord').implement({
  description:
    "Twilio's own total of one category and period. Categories overlap: `sms` contains `sms-inbound`, and `totalprice` contains all.",
  extensions: { fromTwilio: true },
  fields: (t) => ({
    category: t.exposeString('category', { description: "Twilio's category, e.g. `sms-outbound`." }),
    startDate: t.field({
      type: 'Date',
      nullable: true,
      description: 'The first day of the period.',
      resolve: ({ start_date }) => parseTwilioDate(start_date),
    }),
    endDate: t.field({
      type: 'Date',
      nullable: true,
      description: 'The last day of the period, included.',
      resolve: ({ end_date }) => parseTwilioDate(end_date),
    }),
    count: t.expose('count', {
      type: 'Decimal',
      nullable: true,
      description: 'How many there were, in `countUnit`. Null where Twilio does not count.',
    }),
    countUnit: t.exposeString('count_unit', { nullable: true, description: 'E.g. `messages`.' }),
    usage: t.expose('usage', {
      type: 'Decimal',
      nullable: true,
      description: 'What was used, in `usageUnit`.',
    }),
    usageUnit: t.exposeString('usage_unit', { nullable: true, description: 'E.g. `segments`.' }),
    price: t.field({
      type: MoneyRef,
      nullable: true,
      description: 'What it cost: positive, unlike the price of a message.',
      resolve: ({ price, price_unit }) =>
        price === null || price_unit === null ? null : { amount: price, currency: price_unit },
    }),
  }),
});

builder.interfaceField(AccountInterface, 'usage', (t) =>
  t.field({
    type: [UsageRecordRef],
    nullable: true,
    complexity: usageRead,
    description:
      "Twilio's own totals per category, of this account without its subaccounts. Needs the permission USAGE_LIST. Twilio corrects recent records later.",
    args: {
      since: t.arg({
        type: 'Date',
        description: 'The first day. By default, as far back as Twilio has records.',
      }),
      until: t.arg({ type: 'Date', description: 'The last day, included.' }),
      category: t.arg({
        type: ['String'],
        description: "Twilio's categories, at most 10; each is one upstream call. By default all.",
      }),
      by: t.arg({
        type: UsageIntervalEnum,
        description: 'The periods. By default one record for each category, for the whole range.',
      }),
    },
    resolve: ({ wire, via }, args, { loaders }) => loaders.forAccount(wire.sid, via).usage(wire.sid, args),
  }),
);
