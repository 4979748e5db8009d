import { MAX_PAGE_SIZE } from '../twilio/page.ts';

/** What is being summed up: each needs multipliers of its own, so that a query is walked once for each. */
export type Measure = 'calls' | 'mediaCalls' | 'rows';

/** Handed to the complexity plugin in the place of a request's context. */
export interface CostContext {
  readonly measure: Measure;
  /** How many messages a gateway-side filter may look at for one connection. */
  readonly scanBudget: number;
}

/** What one field costs, and how often what is below it is paid. */
export interface Weight {
  readonly field: number;
  readonly multiplier: number;
}

type FieldCost<Args = object> = (args: Args, context: object) => Weight;

/** Nobody has said how many credentials there are when a query is judged. */
const ASSUMED_CREDENTIALS = 5;

/** What Twilio is asked to try a client id and secret: the account, the lists, one of each. */
const PROBE_CALLS = 5;

const DEFAULT_FIRST = 50;

const measured =
  <Args = object>(weigh: (measure: Measure, args: Args, context: CostContext) => Weight): FieldCost<Args> =>
  (args, context) => {
    const cost = context as CostContext;
    return weigh(cost.measure, args, cost);
  };

/** One thing, read by itself. */
export const oneRead = measured((measure) => ({ field: measure === 'mediaCalls' ? 0 : 1, multiplier: 1 }));

/** Known already, or read with what stands around it: a row of the answer, but no call. */
export const noRead = measured((measure) => ({ field: measure === 'rows' ? 1 : 0, multiplier: 1 }));

/** A message's media: a call for each message that has any, which may be every one. */
export const mediaRead = measured((measure) => ({ field: measure === 'calls' ? 0 : 1, multiplier: 1 }));

/** Things by their ids, each read by itself. */
export const manyReads = measured<{ ids: readonly unknown[] }>((measure, { ids }) => ({
  field: measure === 'mediaCalls' ? 0 : ids.length,
  multiplier: ids.length,
}));

/** The caller's credentials, which are known without a call. */
export const credentialList = measured(() => ({ field: 0, multiplier: ASSUMED_CREDENTIALS }));

/** Tries at Twilio what a credential may do. */
export const probe = measured((measure) => ({ field: measure === 'calls' ? PROBE_CALLS : 0, multiplier: 1 }));

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
  readonly filter?: Readonly<Record<string, unknown>> | null | undefined;
}

/**
 * All messages of a page are of one account, which is read once for all of them: so what is below costs its
 * calls once, except media. In the answer it stands as often as there are messages.
 */
export const messageList = measured<MessageArgs>((measure, args, { scanBudget }) => {
  const count = pageSize(args);
  const scans = isSelective(args.filter);
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
  return Math.max(1, Math.min(MAX_PAGE_SIZE, first ?? last ?? DEFAULT_FIRST));
}

const FILTERED_BY_TWILIO = new Set(['to', 'from', 'dateSent']);

/** As src/history/message-filter.ts has it: an empty list or text is no condition. */
function isSelective(filter: MessageArgs['filter']): boolean {
  return Object.entries(filter ?? {}).some(([name, value]) => {
    if (FILTERED_BY_TWILIO.has(name) || value == null || value === '') return false;
    return !(Array.isArray(value) && value.length === 0);
  });
}
