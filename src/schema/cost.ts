import { type GraphQLOutputType, getNamedType } from 'graphql';
import { isSelective, type MessageCriteria } from '../pagination/message-filter.ts';
import { DEFAULT_PAGE_SIZE, MAX_PAGE_SIZE } from '../twilio/page.ts';

/** A measure of cost. Each has its own multipliers. */
export type Measure = 'calls' | 'mediaCalls' | 'rows' | 'values';

/** Passed to a field's cost instead of a request's context. */
export interface CostContext {
  readonly measure: Measure;
  /** Maximum number of messages that a filter in the gateway may scan for one connection. */
  readonly scanBudget: number;
  /** How many credentials the caller may use. */
  readonly credentials: number;
}

/** The cost of one field, and the multiplier for the cost of its selections. */
export interface Weight {
  readonly field: number;
  readonly multiplier: number;
}

/** Weighs a field; the `complexity` option of a field in the schema. */
export type FieldCost<Args = object> = (
  args: Args,
  context: object,
  field: { readonly type: GraphQLOutputType },
) => Weight;

/** Minimum number of credentials assumed for the cost of a query. */
const ASSUMED_CREDENTIALS = 5;

/** A likely number of API keys of one gateway. */
const ASSUMED_API_KEYS = 100;

/** A likely number of trusted documents of one gateway. */
const ASSUMED_DOCUMENTS = 200;

/** The maximum number of media of an MMS, and about the number of permissions of a credential. */
const SHORT_LIST = 10;

/** A likely number of statuses of one message. */
const STATUSES = 5;

/** A likely number of groups of statistics. */
const SCANNED_GROUPS = 100;

/** The size of an error, in values: a field that needs the network may fail once for each row. */
const ERROR_VALUES = 10;

/** The number of calls to check a client id and secret: each permission once, and the account. */
const PROBE_CALLS = 7;

const measured =
  <Args = object>(weigh: (measure: Measure, args: Args, context: CostContext) => Weight): FieldCost<Args> =>
  (args, context) => {
    const cost = context as CostContext;
    if (cost.measure !== 'values') return weigh(cost.measure, args, cost);
    // One value for each field of each row, so lists multiply values as they multiply rows.
    return { field: ERROR_VALUES, multiplier: weigh('rows', args, cost).multiplier };
  };

/** The cost of an id, in values: it is resolved asynchronously, which takes more time and memory. */
const ID_VALUES = 10;

/** The cost of a field without a call: its value. */
export const plainField = (
  _args: object,
  context: object,
  field: { readonly type: GraphQLOutputType },
): Weight => {
  if ((context as CostContext).measure !== 'values') return { field: 0, multiplier: 1 };
  return { field: getNamedType(field.type).name === 'ID' ? ID_VALUES : 1, multiplier: 1 };
};

/** Multiplies values by the maximum length of a short list, which costs no rows. */
const withItems =
  <Args>(cost: FieldCost<Args>, itemsOf: (context: CostContext) => number): FieldCost<Args> =>
  (args, context, field) => {
    const weight = cost(args, context, field);
    if ((context as CostContext).measure !== 'values') return weight;
    return { ...weight, multiplier: itemsOf(context as CostContext) };
  };

/** The cost of one resource, read with its own call. */
export const oneRead = measured((measure) => ({ field: measure === 'mediaCalls' ? 0 : 1, multiplier: 1 }));

/** The cost of a resource that is already known or read with its parent: a row of the response, but no call. */
export const noRead = measured((measure) => ({ field: measure === 'rows' ? 1 : 0, multiplier: 1 }));

/** The cost of a message's media: a call for each message with media, possibly every one. */
export const mediaRead = withItems(
  measured((measure) => ({ field: measure === 'calls' ? 0 : 1, multiplier: 1 })),
  () => SHORT_LIST,
);

/** The cost of the statuses that a message had, which need no call. */
export const statusList = withItems(
  measured(() => ({ field: 0, multiplier: 1 })),
  () => STATUSES,
);

/** The cost of resources by their ids, each read with its own call. */
export const manyReads = measured<{ ids: readonly unknown[] }>((measure, { ids }) => ({
  field: measure === 'mediaCalls' ? 0 : ids.length,
  multiplier: ids.length,
}));

/** The cost of the caller's credentials, which need no call. */
export const credentialList = withItems(
  measured(() => ({ field: 0, multiplier: ASSUMED_CREDENTIALS })),
  ({ credentials }) => Math.max(ASSUMED_CREDENTIALS, credentials),
);

/** The cost of the API keys, which need no call. */
export const apiKeyList = withItems(credentialList, () => ASSUMED_API_KEYS);

/** The cost of the trusted documents, which need no call. */
export const documentList = withItems(credentialList, () => ASSUMED_DOCUMENTS);

/** The cost of probing the permissions of a credential. */
export const probe = withItems(
  measured((measure) => ({ field: measure === 'calls' ? PROBE_CALLS : 0, multiplier: 1 })),
  () => SHORT_LIST,
);

interface PageArgs {
  readonly first?: number | null | undefined;
  readonly after?: string | null | undefined;
  readonly last?: number | null | undefined;
  readonly before?: string | null | undefined;
}

/** The cost of a list of accounts; selections below cost their calls once for each account. */
export const accountList = measured<PageArgs>((measure, args) => {
  const count = pageSize(args);
  if (measure === 'rows') return { field: count, multiplier: count };
  return { field: measure === 'calls' ? 1 + seekCalls(args) : 0, multiplier: count };
});

/** The cost of a page of the audit, which needs no call. */
export const auditList = measured<PageArgs>((measure, args) => ({
  field: measure === 'rows' ? pageSize(args) : 0,
  multiplier: pageSize(args),
}));

interface MessageArgs extends PageArgs {
  readonly source?: 'AUTO' | 'TWILIO' | 'HISTORY' | null | undefined;
  readonly in?:
    | { readonly sids?: readonly unknown[] | null; readonly all?: boolean | null }
    | null
    | undefined;
  readonly filter?: MessageCriteria | null | undefined;
}

/** A person's addresses on all channels, each as sender and as recipient. */
const LISTS_OF_PARTICIPANT = 6;

/** The number of Twilio's lists that a read merges. */
function listCount({ in: selection, filter }: MessageArgs, { credentials }: CostContext): number {
  const accounts = selection?.sids?.length ?? (selection?.all ? Math.max(1, credentials) : 1);
  return Math.max(1, accounts) * (filter?.participant ? LISTS_OF_PARTICIPANT : 1);
}

/**
 * The cost of a list of messages. Accounts are read once each: selections below cost their calls once, except media, and
 * their rows and values once for each message.
 */
export const messageList = measured<MessageArgs>((measure, args, context) => {
  const count = pageSize(args);
  if (args.source === 'HISTORY') return copied(measure, count);
  const lists = listCount(args, context);
  const scans = isSelective(args.filter ?? {});
  switch (measure) {
    case 'rows':
      return { field: scans ? Math.max(count, context.scanBudget) : count * lists, multiplier: count };
    case 'mediaCalls':
      return { field: 0, multiplier: count };
    default: {
      const pages = scans ? Math.ceil(context.scanBudget / MAX_PAGE_SIZE) : 1;
      return { field: pages - 1 + lists * (1 + seekCalls(args)), multiplier: 1 };
    }
  }
});

/** The cost of a page from the gateway's copy: rows, and calls for what is selected below only. */
function copied(measure: Measure, count: number): Weight {
  if (measure === 'rows') return { field: count, multiplier: count };
  return { field: 0, multiplier: measure === 'mediaCalls' ? count : 1 };
}

/** The cost of a list of threads: without a copy, of reading messages to find them. */
export const threadList = measured<MessageArgs>((measure, args, context) => {
  const count = pageSize(args);
  const page = copied(measure, count);
  if (args.source === 'HISTORY') return page;
  if (measure === 'rows') return { ...page, field: Math.max(count, context.scanBudget) };
  return { ...page, field: measure === 'calls' ? scanCalls(args, context) : 0 };
});

const scanCalls = (args: MessageArgs, context: CostContext): number =>
  Math.ceil(context.scanBudget / MAX_PAGE_SIZE) - 1 + listCount(args, context);

/** The cost of reading messages to count them. */
export const messageScan = withItems(
  measured<MessageArgs>((measure, args, context) => {
    if (args.source === 'HISTORY') return { field: 0, multiplier: 1 };
    if (measure === 'rows') return { field: context.scanBudget, multiplier: 1 };
    return { field: measure === 'calls' ? scanCalls(args, context) : 0, multiplier: 1 };
  }),
  () => SCANNED_GROUPS,
);

/** The cost of usage records: each category is a list of its own. */
export const usageRead = withItems(
  measured<{ category?: readonly unknown[] | null | undefined }>((measure, { category }) => {
    const lists = Math.max(1, category?.length ?? 1);
    if (measure === 'rows') return { field: lists * SCANNED_GROUPS, multiplier: lists * SCANNED_GROUPS };
    return { field: measure === 'calls' ? lists : 0, multiplier: 1 };
  }),
  () => SCANNED_GROUPS,
);

/** A cursor costs one more call: its position may have moved to the next page, and `before` checks for newer items. */
function seekCalls({ after, before }: PageArgs): number {
  return after != null || before != null ? 1 : 0;
}

/** Clamps the page size; the resolver rejects a number out of range. */
function pageSize({ first, last }: PageArgs): number {
  return Math.max(1, Math.min(MAX_PAGE_SIZE, first ?? last ?? DEFAULT_PAGE_SIZE));
}
