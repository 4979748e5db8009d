import { type GraphQLOutputType, getNamedType } from 'graphql';
import { isSelective, type MessageCriteria } from '../history/message-filter.ts';
import { DEFAULT_PAGE_SIZE, MAX_PAGE_SIZE } from '../twilio/page.ts';

/** What is being summed up: each needs multipliers of its own, so that a query is walked once for each. */
export type Measure = 'calls' | 'mediaCalls' | 'rows' | 'values';

/** Handed to the complexity plugin in the place of a request's context. */
export interface CostContext {
  readonly measure: Measure;
  /** How many messages a gateway-side filter may look at for one connection. */
  readonly scanBudget: number;
  /** How many credentials the caller may use. */
  readonly credentials: number;
}

/** What one field costs, and how often what is below it is paid. */
export interface Weight {
  readonly field: number;
  readonly multiplier: number;
}

type FieldCost<Args = object> = (args: Args, context: object) => Weight;

/** Nobody has said how many credentials there are when a query is judged. */
const ASSUMED_CREDENTIALS = 5;

/** As many API keys as one gateway is likely to have. */
const ASSUMED_API_KEYS = 100;

/** As many media as an MMS carries, and about as many permissions as a credential has. */
const SHORT_LIST = 10;

/** A field that may need the network may fail, once for each row: its error is as large as this many values. */
const ERROR_VALUES = 10;

/** What Twilio is asked to try a client id and secret: the account, the lists, one of each. */
const PROBE_CALLS = 5;

const measured =
  <Args = object>(weigh: (measure: Measure, args: Args, context: CostContext) => Weight): FieldCost<Args> =>
  (args, context) => {
    const cost = context as CostContext;
    if (cost.measure !== 'values') return weigh(cost.measure, args, cost);
    // A value for each field of each row, so that lists multiply what is below as they do with rows.
    return { field: ERROR_VALUES, multiplier: weigh('rows', args, cost).multiplier };
  };

/** An id is resolved asynchronously, which takes as long and as much memory as this many other values. */
const ID_VALUES = 10;

/** A field that costs nothing but its value. */
export const plainField = (
  _args: object,
  context: object,
  field: { readonly type: GraphQLOutputType },
): Weight => {
  if ((context as CostContext).measure !== 'values') return { field: 0, multiplier: 1 };
  return { field: getNamedType(field.type).name === 'ID' ? ID_VALUES : 1, multiplier: 1 };
};

/** Multiplies the values below by the most that a short list, which costs no rows, may hold. */
const withItems =
  <Args>(cost: FieldCost<Args>, itemsOf: (context: CostContext) => number): FieldCost<Args> =>
  (args, context) => {
    const weight = cost(args, context);
    if ((context as CostContext).measure !== 'values') return weight;
    return { ...weight, multiplier: itemsOf(context as CostContext) };
  };

/** One thing, read by itself. */
export const oneRead = measured((measure) => ({ field: measure === 'mediaCalls' ? 0 : 1, multiplier: 1 }));

/** Known already, or read with what stands around it: a row of the answer, but no call. */
export const noRead = measured((measure) => ({ field: measure === 'rows' ? 1 : 0, multiplier: 1 }));

/** A message's media: a call for each message that has any, which may be every one. */
export const mediaRead = withItems(
  measured((measure) => ({ field: measure === 'calls' ? 0 : 1, multiplier: 1 })),
  () => SHORT_LIST,
);

/** Things by their ids, each read by itself. */
export const manyReads = measured<{ ids: readonly unknown[] }>((measure, { ids }) => ({
  field: measure === 'mediaCalls' ? 0 : ids.length,
  multiplier: ids.length,
}));

/** The caller's credentials, which are known without a call. */
export const credentialList = withItems(
  measured(() => ({ field: 0, multiplier: ASSUMED_CREDENTIALS })),
  ({ credentials }) => Math.max(ASSUMED_CREDENTIALS, credentials),
);

/** The API keys, likewise. */
export const apiKeyList = withItems(credentialList, () => ASSUMED_API_KEYS);

/** Tries at Twilio what a credential may do. */
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

/** What is below is paid for each account of the page: they are different ones. */
export const accountList = measured<PageArgs>((measure, args) => {
  const count = pageSize(args);
  if (measure === 'rows') return { field: count, multiplier: count };
  return { field: measure === 'calls' ? 1 + seekCalls(args) : 0, multiplier: count };
});

interface MessageArgs extends PageArgs {
  readonly filter?: MessageCriteria | null | undefined;
}

/**
 * All messages of a page are of one account, which is read once for all of them: so what is below costs its
 * calls once, except media. In the answer it stands as often as there are messages.
 */
export const messageList = measured<MessageArgs>((measure, args, { scanBudget }) => {
  const count = pageSize(args);
  const scans = isSelective(args.filter ?? {});
  switch (measure) {
    case 'rows':
      return { field: scans ? Math.max(count, scanBudget) : count, multiplier: count };
    case 'mediaCalls':
      return { field: 0, multiplier: count };
    default: {
      const pages = scans ? Math.ceil(scanBudget / MAX_PAGE_SIZE) : 1;
      return { field: pages + seekCalls(args), multiplier: 1 };
    }
  }
});

/** A cursor's place may have moved to the page after; before one, it is looked whether anything is newer. */
function seekCalls({ after, before }: PageArgs): number {
  return after != null || before != null ? 1 : 0;
}

/** A number out of bounds is refused where the list is read. */
function pageSize({ first, last }: PageArgs): number {
  return Math.max(1, Math.min(MAX_PAGE_SIZE, first ?? last ?? DEFAULT_PAGE_SIZE));
}
