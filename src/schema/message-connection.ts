import type { GraphQLResolveInfo, SelectionSetNode } from 'graphql';
import type { GatewayContext } from '../context.ts';
import { gatewayError } from '../errors/gateway-error.ts';
import type { MessageOrder } from '../history/history-store.ts';
import type { CursorSlice, Paging } from '../loaders/list-reader.ts';
import type { AccountRead, Provenance, SourceChoice, UnavailableAccount } from '../loaders/message-source.ts';
import type { MessageCriteria } from '../pagination/message-filter.ts';
import type { DataMask } from '../policy/data-mask.ts';
import { accounts } from '../twilio/resources/accounts.ts';
import { builder } from './builder.ts';
import { type Connection, toConnection } from './connection.ts';
import { MessageNode } from './message-node.ts';

/** Defined separately from its fields, because messages and accounts refer to each other. */
export const MessageRef = builder.objectRef<MessageNode>('Message');

interface MessageConnectionShape extends Connection<MessageNode>, Provenance {
  count(): Promise<number | null>;
}

export const DataSourceEnum = builder.enumType('DataSource', {
  description: 'Where data was read.',
  values: {
    TWILIO: { description: "Twilio's API, when the request was made." },
    HISTORY: { description: "The gateway's own copy of the message history." },
  } as const,
});

export const UnavailableAccountRef = builder.objectRef<UnavailableAccount>('UnavailableAccount').implement({
  description: 'An account that was asked for and could not be read.',
  extensions: { fromTwilio: true },
  fields: (t) => ({
    accountSid: t.field({
      type: 'AccountSid',
      description: 'The account.',
      resolve: ({ accountSid }) => accountSid,
    }),
    code: t.string({
      description: "The error's code, as in `extensions.code` of a response's errors.",
      resolve: ({ code }) => code,
    }),
    message: t.string({ description: 'What was wrong and what to do.', resolve: ({ message }) => message }),
  }),
});

export const MessageConnectionRef = builder.connectionObject<typeof MessageRef, MessageConnectionShape>(
  {
    name: 'MessageConnection',
    type: MessageRef,
    description: 'A page of a message list.',
    fields: (t) => ({
      source: t.field({
        type: DataSourceEnum,
        description: 'Where the messages were read.',
        resolve: ({ source }) => source,
      }),
      asOf: t.field({
        type: 'DateTime',
        description:
          'When this was true: now from TWILIO; from HISTORY when the copy was last brought up to date. Statuses of older messages may be older.',
        resolve: ({ asOf }) => asOf,
      }),
      totalCount: t.int({
        nullable: true,
        description: 'The number of messages on all pages. Null from TWILIO, which does not count.',
        resolve: ({ count }) => count(),
      }),
      unavailable: t.field({
        type: [UnavailableAccountRef],
        description: 'Accounts that were asked for and could not be read. The messages of the others stand.',
        resolve: ({ unavailable }) => [...unavailable],
      }),
      scannedCount: t.int({
        description:
          'The number of messages Twilio returned for this page, including those that the filter dropped. 0 from HISTORY.',
        resolve: ({ scanned }) => scanned,
      }),
      scanLimitReached: t.boolean({
        description:
          'Whether the scan budget was spent before the page was full. Continue with `after: endCursor`.',
        resolve: ({ scanLimitReached }) => scanLimitReached,
      }),
      historyTruncated: t.boolean({
        description:
          "Whether the requested range began before Twilio's retention period and was cut to it, or the gateway's copy lacks a part of it.",
        resolve: ({ truncated }) => truncated,
      }),
    }),
  },
  { name: 'MessageEdge', description: 'A message and its cursor.' },
);

export interface MessageListArgs extends Paging {
  readonly filter?: MessageCriteria | null | undefined;
  readonly source?: SourceChoice | null | undefined;
  readonly orderBy?: MessageOrder | null | undefined;
}

/** Lists messages. If the query selects their accounts too and Twilio is read, those are read concurrently with the list. */
export async function listMessages(
  reads: readonly AccountRead[],
  { filter, source: choice, orderBy: order, ...paging }: MessageListArgs,
  { source, mask, scope }: Pick<GatewayContext, 'source' | 'mask' | 'scope'>,
  info: GraphQLResolveInfo,
): Promise<MessageConnectionShape> {
  const onTwilio = () => {
    if (!ACCOUNT_PATHS.some((path) => selects(info, path))) return;
    // The resolver of the account reports the error.
    for (const { accountSid, via } of reads) via.load(accounts, { Sid: accountSid }).catch(() => {});
  };
  const options = { source: choice, order, reads: scope.reads, flow: scope.flow, onTwilio };
  const slice = await source.list(reads, filter ?? {}, openCursors(paging, mask), options);
  const { asOf, scanned, scanLimitReached, truncated, unavailable } = slice;
  return {
    ...toConnection(
      sealCursors(slice, mask),
      (wire) => new MessageNode(wire, slice.viaOf(wire), mask, slice.source),
    ),
    source: slice.source,
    count: () => slice.count(),
    asOf,
    scanned,
    scanLimitReached,
    truncated,
    unavailable,
  };
}

/** @throws {CURSOR_INVALID} for a cursor that {@link sealCursors} did not seal, unless cursors are shown */
export function openCursors(paging: Paging, { cursors }: DataMask): Paging {
  if (!cursors) return paging;
  const open = (name: 'after' | 'before') => {
    const cursor = paging[name];
    if (cursor == null) return cursor;
    const opened = cursors.open(cursor);
    if (opened === null) throw gatewayError('CURSOR_INVALID', name, 'was not created for this caller');
    return opened;
  };
  return { ...paging, after: open('after'), before: open('before') };
}

export function sealCursors<T>(slice: CursorSlice<T>, { cursors }: DataMask): CursorSlice<T> {
  if (!cursors) return slice;
  const seal = (cursor: string | null) => (cursor === null ? null : cursors.seal(cursor));
  return {
    ...slice,
    cursorOf: (found) => cursors.seal(slice.cursorOf(found)),
    startCursor: () => seal(slice.startCursor()),
    endCursor: () => seal(slice.endCursor()),
  };
}

const ACCOUNT_PATHS = [
  ['nodes', 'account'],
  ['edges', 'node', 'account'],
];

/**
 * Whether a query selects this field below the one being resolved, e.g. `['nodes', 'account']`. Fragments are included;
 * directives are ignored, so a skipped field counts as selected.
 */
export function selects(info: GraphQLResolveInfo, path: readonly string[]): boolean {
  return info.fieldNodes.some(({ selectionSet }) => isSelected(selectionSet, path, info));
}

function isSelected(
  selectionSet: SelectionSetNode | undefined,
  path: readonly string[],
  info: GraphQLResolveInfo,
): boolean {
  const [name, ...rest] = path;
  if (name === undefined) return true;
  return (selectionSet?.selections ?? []).some((selection) => {
    if (selection.kind === 'Field') {
      return selection.name.value === name && isSelected(selection.selectionSet, rest, info);
    }
    const fragment = selection.kind === 'InlineFragment' ? selection : info.fragments[selection.name.value];
    return isSelected(fragment?.selectionSet, path, info);
  });
}
