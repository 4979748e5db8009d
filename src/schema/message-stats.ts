import { gatewayError } from '../errors/gateway-error.ts';
import type { MessageStatistics } from '../loaders/message-source.ts';
import type { Measures, Money } from '../stats/message-measures.ts';
import { type Dimension, MAX_GROUPS, type StatsGroup } from '../stats/message-stats.ts';
import { AccountSelectionInput, IN_DESCRIPTION, selectAccounts } from './account-selection.ts';
import { builder } from './builder.ts';
import { messageScan } from './cost.ts';
import { DeliveryErrorRef } from './delivery.ts';
import { rejectHiddenFilters } from './hidden-filters.ts';
import { DataSourceEnum, UnavailableAccountRef } from './message-connection.ts';
import {
  DeliveryOutcomeEnum,
  MessageChannelEnum,
  MessageDirectionEnum,
  MessageSourceEnum,
  MessageStatusEnum,
  SOURCE_DESCRIPTION,
} from './message-enums.ts';
import { MessageFilterInput } from './message-filter.ts';
import { directionOf, statusOf } from './message-node.ts';

const MAX_DIMENSIONS = 3;

const MessageDimensionEnum = builder.enumType('MessageDimension', {
  description: 'What messages are grouped by.',
  values: {
    STATUS: { value: 'status', description: 'The status.' },
    OUTCOME: { value: 'outcome', description: 'The outcome that the status implies.' },
    ERROR_CODE: { value: 'errorCode', description: "Twilio's error code." },
    CHANNEL: { value: 'channel', description: 'The channel.' },
    DIRECTION: { value: 'direction', description: 'The direction.' },
    COUNTRY: { value: 'country', description: "The country of the other party's number." },
    SENDER: { value: 'sender', description: 'The address that sent the message.' },
    MESSAGING_SERVICE: { value: 'messagingServiceSid', description: 'The Messaging Service.' },
    ACCOUNT: { value: 'accountSid', description: 'The account.' },
  } as const,
});

const StatsIntervalEnum = builder.enumType('StatsInterval', {
  description: 'The length of the periods that messages are counted in.',
  values: {
    HOUR: { description: 'Hours.' },
    DAY: { description: 'Days, from midnight in the time zone.' },
    WEEK: { description: 'ISO weeks, from Monday.' },
    MONTH: { description: 'Months.' },
  } as const,
});

export const MoneyRef = builder.objectRef<Money>('Money').implement({
  description: 'An amount of a currency.',
  extensions: { fromTwilio: true },
  fields: (t) => ({
    amount: t.field({ type: 'Decimal', description: 'The exact amount.', resolve: ({ amount }) => amount }),
    currency: t.field({
      type: 'Currency',
      description: 'The currency.',
      resolve: ({ currency }) => currency,
    }),
  }),
});

const MessageMeasuresRef = builder.objectRef<Measures>('MessageMeasures').implement({
  description: 'Counts and sums of messages.',
  extensions: { fromTwilio: true },
  fields: (t) => ({
    messages: t.exposeInt('messages', { description: 'The number of messages.' }),
    segments: t.exposeInt('segments', { description: 'The number of SMS segments.' }),
    media: t.exposeInt('media', { description: 'The number of media items.' }),
    pending: t.exposeInt('pending', { description: 'Messages in progress.' }),
    unconfirmed: t.exposeInt('unconfirmed', { description: 'Messages that were sent, without a receipt.' }),
    succeeded: t.exposeInt('succeeded', { description: 'Messages that were delivered, received or read.' }),
    undelivered: t.exposeInt('undelivered', { description: 'Messages that the carrier did not deliver.' }),
    failed: t.exposeInt('failed', { description: 'Messages that never left Twilio.' }),
    canceled: t.exposeInt('canceled', { description: 'Messages that were canceled before they were sent.' }),
    deliveryRate: t.float({
      nullable: true,
      description:
        'succeeded / (succeeded + undelivered + failed), of outbound messages only; null where there are none.',
      resolve: ({ deliveryRate }) => deliveryRate,
    }),
    cost: t.field({
      type: [MoneyRef],
      description:
        'What the messages cost, for each currency. Messages that are not billed yet are not in it.',
      resolve: ({ cost }) => [...cost],
    }),
  }),
});

const StatsGroupRef = builder.objectRef<StatsGroup>('MessageStatsGroup').implement({
  description: 'The messages of one period and one combination of the dimensions. Other dimensions are null.',
  extensions: { fromTwilio: true },
  fields: (t) => ({
    start: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'When the period begins. Null without an interval, or for messages without a date.',
      resolve: ({ start }) => (start === null ? null : new Date(start)),
    }),
    status: t.field({
      type: MessageStatusEnum,
      nullable: true,
      description: 'The status.',
      resolve: ({ values: { status } }) => (status === undefined ? null : statusOf(status)),
    }),
    outcome: t.field({
      type: DeliveryOutcomeEnum,
      nullable: true,
      description: 'The outcome.',
      resolve: ({ values }) => values.outcome ?? null,
    }),
    error: t.field({
      type: DeliveryErrorRef,
      nullable: true,
      description: 'The error code with an explanation. Null for messages without one.',
      resolve: ({ values }) => values.errorCode ?? null,
    }),
    channel: t.field({
      type: MessageChannelEnum,
      nullable: true,
      description: 'The channel.',
      resolve: ({ values }) => values.channel ?? null,
    }),
    direction: t.field({
      type: MessageDirectionEnum,
      nullable: true,
      description: 'The direction.',
      resolve: ({ values }) => directionOf(values.direction ?? null),
    }),
    country: t.field({
      type: 'CountryCode',
      nullable: true,
      description: "The country of the other party's number. Null for another kind of address.",
      resolve: ({ values }) => values.country ?? null,
    }),
    sender: t.field({
      type: 'Address',
      nullable: true,
      description: 'The address that sent the messages. Masked as `viewer.fieldPolicy` says.',
      resolve: ({ values }, _args, { mask }) => mask.address(values.sender ?? null),
    }),
    messagingServiceSid: t.string({
      nullable: true,
      description: 'The Messaging Service (MG…).',
      resolve: ({ values }) => values.messagingServiceSid ?? null,
    }),
    accountSid: t.field({
      type: 'AccountSid',
      nullable: true,
      description: 'The account.',
      resolve: ({ values }) => values.accountSid ?? null,
    }),
    measures: t.field({
      type: MessageMeasuresRef,
      description: 'The counts.',
      resolve: ({ measures }) => measures,
    }),
  }),
});

const StatsCoverageRef = builder.objectRef<MessageStatistics['coverage']>('StatsCoverage').implement({
  description: 'Which messages were counted.',
  extensions: { fromTwilio: true },
  fields: (t) => ({
    source: t.field({
      type: DataSourceEnum,
      description: 'Where they were read.',
      resolve: ({ source }) => source,
    }),
    complete: t.boolean({
      description:
        'Whether every message of the filter was counted. False if the scan budget was spent first, the range was cut to the retention period, the copy lacks a part of it, or an account could not be read.',
      resolve: ({ scanLimitReached, truncated, unavailable }) =>
        !scanLimitReached && !truncated && unavailable.length === 0,
    }),
    scanLimitReached: t.boolean({
      description: 'Whether the scan budget was spent first. What is older than `since` was not counted.',
      resolve: ({ scanLimitReached }) => scanLimitReached,
    }),
    historyTruncated: t.boolean({
      description:
        "Whether the range began before Twilio's retention period and was cut to it, or the gateway's copy lacks a part of it.",
      resolve: ({ truncated }) => truncated,
    }),
    since: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'The oldest message that was counted. Null if none was.',
      resolve: ({ since }) => since,
    }),
    until: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'The newest message that was counted. Null if none was.',
      resolve: ({ until }) => until,
    }),
    scannedCount: t.int({
      description:
        'The number of messages Twilio returned, including those that the filter dropped. 0 from HISTORY.',
      resolve: ({ scanned }) => scanned,
    }),
    asOf: t.field({
      type: 'DateTime',
      description:
        'When this was true: now from TWILIO; from HISTORY when the copy was last brought up to date.',
      resolve: ({ asOf }) => asOf,
    }),
    unavailable: t.field({
      type: [UnavailableAccountRef],
      description: 'Accounts that could not be read.',
      resolve: ({ unavailable }) => [...unavailable],
    }),
  }),
});

const MessageStatsRef = builder.objectRef<MessageStatistics>('MessageStats').implement({
  description: 'Counts of messages.',
  extensions: { fromTwilio: true },
  fields: (t) => ({
    total: t.field({
      type: MessageMeasuresRef,
      description: 'All messages of the filter.',
      resolve: ({ total }) => total,
    }),
    groups: t.field({
      type: [StatsGroupRef],
      description: `By time, then by number of messages; at most ${MAX_GROUPS}. Empty without \`groupBy\` and \`interval\`.`,
      resolve: ({ groups }) => [...groups],
    }),
    groupsTruncated: t.boolean({
      description: 'Whether there were more groups. Their messages are in `total`.',
      resolve: ({ groupsTruncated }) => groupsTruncated,
    }),
    coverage: t.field({
      type: StatsCoverageRef,
      description: 'Which messages were counted.',
      resolve: ({ coverage }) => coverage,
    }),
  }),
});

builder.queryField('messageStats', (t) =>
  t.field({
    type: MessageStatsRef,
    nullable: true,
    complexity: messageScan,
    description:
      'Counts messages: from the copy of the history, or by reading them from Twilio, newest first, until all are read or the scan budget is spent. `coverage` says which. Give a period by `filter.dateCreated` or `filter.dateSent`. Example: `{ messageStats(groupBy: [STATUS]) { groups { status measures { messages } } coverage { complete } } }`',
    args: {
      in: t.arg({ type: AccountSelectionInput, description: IN_DESCRIPTION }),
      filter: t.arg({ type: MessageFilterInput, description: 'Which messages to count.' }),
      groupBy: t.arg({
        type: [MessageDimensionEnum],
        description: `Counts the messages of each combination of these; at most ${MAX_DIMENSIONS}.`,
      }),
      interval: t.arg({
        type: StatsIntervalEnum,
        description:
          'Counts each of these periods. A message is in the period of its creation if `filter.dateCreated` is given, else in that of its sending.',
      }),
      timeZone: t.arg({ type: 'TimeZone', description: 'The time zone of the periods. By default UTC.' }),
      source: t.arg({ type: MessageSourceEnum, description: SOURCE_DESCRIPTION }),
    },
    async resolve(_root, args, { loaders, source, mask, scope }) {
      const { in: selection, filter, groupBy, interval, timeZone, source: choice } = args;
      rejectHiddenFilters(filter, mask.policy);
      const dimensions = [...new Set<Dimension>(groupBy ?? [])];
      if (dimensions.length > MAX_DIMENSIONS)
        throw gatewayError('TOO_MANY_DIMENSIONS', dimensions.length, MAX_DIMENSIONS);
      // It would tell how many messages each of the hidden senders has.
      if (dimensions.includes('sender') && mask.policy.addresses === 'HIDDEN')
        throw gatewayError('FILTER_NOT_ALLOWED', 'groupBy');
      const request = {
        criteria: filter ?? {},
        dimensions,
        interval: interval ?? undefined,
        timeZone: timeZone ?? undefined,
      };
      const options = { source: choice, reads: scope.reads, flow: scope.flow };
      return source.stats(selectAccounts(loaders, selection), request, options);
    },
  }),
);
