import { type ReactNode, useCallback, useMemo, useRef, useState } from 'react';
import { graphql, readInlineData, usePaginationFragment, useRelayEnvironment } from 'react-relay';
import type { MessageList_cell$key } from '#relay/MessageList_cell';
import type { MessageList_query$key } from '#relay/MessageList_query';
import type { MessageListPageQuery } from '#relay/MessageListPageQuery';
import type { Filter } from '../filters/filter.ts';
import { type GatewayError, toGatewayError } from '../relay/gateway-error.ts';
import { useShortcuts } from '../shell/shortcuts.ts';
import type { TableColumn } from '../table/column.ts';
import { type Position, VirtualTable } from '../table/VirtualTable.tsx';
import { openThreadOf } from '../threads/open-thread-of.ts';
import { announce } from '../ui/announce.tsx';
import { Button } from '../ui/Button.tsx';
import { copyText } from '../ui/Copy.tsx';
import { Source, StaleNotice, UnavailableAccounts } from '../ui/Provenance.tsx';
import { ErrorState, Notice } from '../ui/states.tsx';
import { filterByCell } from './cell-filter.ts';
import { type MessageRef, MessageRow } from './MessageRow.tsx';
import { printPanel } from './panel.ts';

/** More rows than this would fill the memory of a phone: a shorter range shows what is beyond. */
const MAX_ROWS = 20_000;
const PAGE_SIZE = 200;

const MESSAGE_LIST = graphql`
  fragment MessageList_query on Query
  @refetchable(queryName: "MessageListPageQuery")
  @argumentDefinitions(
    in: { type: "AccountSelection" }
    filter: { type: "MessageFilter" }
    count: { type: "Int!" }
    cursor: { type: "String" }
  ) {
    messages(in: $in, filter: $filter, first: $count, after: $cursor) @connection(key: "MessageList_messages") {
      edges {
        node {
          sid
          accountSid
          ...MessageRow_message
          ...MessageList_cell
        }
      }
      source
      asOf
      scannedCount
      scanLimitReached
      historyTruncated
      unavailable {
        accountSid
        code
        message
      }
    }
  }
`;

/** What the shortcuts of a row need: read when a key is pressed, not for all rows. */
const MESSAGE_CELL = graphql`
  fragment MessageList_cell on Message @inline {
    accountSid
    from
    to
    direction
    channel
    status
    errorCode
    country
    numMedia
    messagingServiceSid
  }
`;

interface MessageListProps {
  readonly query: MessageList_query$key;
  readonly columns: readonly TableColumn[];
  /** The message in the side panel, as `panel.ts` writes it. */
  readonly openKey: string | null;
  readonly onOpen: (message: MessageRef, options: { readonly replace: boolean }) => void;
  readonly onFilter: (change: Partial<Filter>) => void;
  /** How many messages there are; null while that is not known. */
  readonly totalCount: number | null;
  /** In place of the table where no message is found. */
  readonly empty: ReactNode;
}

type Row = MessageRef & { readonly cell: MessageList_cell$key };

const wholeNumber = new Intl.NumberFormat('en').format;

/** The rows, read page by page as they come into view, and what can be done with one of them. */
export function MessageList(props: MessageListProps) {
  const { query, columns, openKey, onOpen, onFilter, totalCount, empty } = props;
  const { data, loadNext, hasNext, isLoadingNext } = usePaginationFragment<
    MessageListPageQuery,
    MessageList_query$key
  >(MESSAGE_LIST, query);
  const environment = useRelayEnvironment();
  const [position, setPosition] = useState<Position | null>(null);
  const [error, setError] = useState<GatewayError | null>(null);
  const scroller = useRef<HTMLDivElement>(null);
  const { messages } = data;
  const edges = messages?.edges;
  const rows = useMemo(
    (): readonly Row[] =>
      (edges ?? []).map(({ node }) => ({
        sid: node.sid,
        accountSid: node.accountSid,
        message: node,
        cell: node,
      })),
    [edges],
  );
  const isFull = rows.length >= MAX_ROWS;
  const isScanned = messages?.scanLimitReached ?? false;
  const loadMore = useCallback(() => {
    setError(null);
    loadNext(PAGE_SIZE, { onComplete: (failure) => failure && setError(toGatewayError(failure)) });
  }, [loadNext]);
  const loadsByItself = hasNext && !isFull && !error && !isScanned && !isLoadingNext;
  const onEnd = useCallback(() => void (loadsByItself && loadMore()), [loadsByItself, loadMore]);

  const current = position ? rows[position.index] : undefined;
  const moveTo = (next: Position) => {
    setPosition(next);
    const row = rows[next.index];
    // The panel follows.
    if (row && openKey && next.index !== position?.index) onOpen(row, { replace: true });
  };
  const moveBy = (steps: number) => {
    const last = rows.length - 1;
    const start = position?.index ?? rows.findIndex((row) => printPanel(row) === openKey);
    const index = Math.max(0, Math.min(last, start + steps));
    moveTo({ index, column: position?.column ?? columns[0]?.key ?? '' });
    scroller.current?.focus({ preventScroll: true });
  };
  const withCurrent = (run: (row: Row) => void) => () => {
    const row = current ?? rows.find((one) => printPanel(one) === openKey);
    if (row) run(row);
    else announce('Choose a message first, with j and k.');
  };
  const readCell = (row: Row) => readInlineData(MESSAGE_CELL, row.cell);
  useShortcuts('Messages', [
    { keys: 'j', name: 'Next message', run: () => moveBy(1) },
    { keys: 'k', name: 'Previous message', run: () => moveBy(-1) },
    { keys: 'Enter', name: 'Open the message', run: withCurrent((row) => onOpen(row, { replace: false })) },
    {
      keys: 'f',
      name: 'Filter by the current cell',
      run: withCurrent((row) => {
        const change = filterByCell(readCell(row), position?.column ?? '');
        if (change) onFilter(change);
        else announce('This cell makes no filter. The arrows left and right choose another one.');
      }),
    },
    {
      keys: 't',
      name: 'Thread with the person',
      run: withCurrent((row) => openThreadOf(environment, row)),
    },
    { keys: 'c', name: 'Copy the SID', run: withCurrent(({ sid }) => copyText(sid, 'SID')) },
  ]);

  if (!messages) return null;
  const end = error ? (
    <ErrorState error={error} onRetry={loadMore} />
  ) : isFull && hasNext ? (
    <>The first {wholeNumber(MAX_ROWS)} messages are here. Choose a shorter range above to see the others.</>
  ) : isScanned && hasNext ? (
    <span className="row scan-limit">
      Reading stopped at the scan limit, after {wholeNumber(messages.scannedCount)} messages of Twilio.
      <Button onClick={loadMore} disabled={isLoadingNext}>
        Read on
      </Button>
    </span>
  ) : isLoadingNext ? (
    'Loading more…'
  ) : null;
  return (
    <>
      <UnavailableAccounts accounts={messages.unavailable} />
      {messages.historyTruncated && (
        <Notice tone="warning">
          The range begins before the oldest messages that can be read, so the oldest ones are missing.
        </Notice>
      )}
      <StaleNotice source={messages.source} asOf={messages.asOf} />
      <p className="list-summary row spread">
        <span role="status">{countOf(rows.length, totalCount, hasNext)}</span>
        <Source source={messages.source} asOf={messages.asOf} />
      </p>
      {rows.length === 0 && !hasNext ? (
        empty
      ) : (
        <VirtualTable
          label="Messages"
          columns={columns}
          rows={rows}
          keyOf={printPanel}
          RowContent={MessageRow}
          position={position}
          onPosition={moveTo}
          onOpen={(row) => onOpen(row, { replace: false })}
          openKey={openKey}
          totalCount={totalCount}
          onEnd={onEnd}
          end={end}
          scroller={scroller}
        />
      )}
    </>
  );
}

function countOf(loaded: number, total: number | null, hasMore: boolean): string {
  const noun = (count: number) => (count === 1 ? 'message' : 'messages');
  if (total === null) return `${wholeNumber(loaded)}${hasMore ? '+' : ''} ${noun(loaded)}`;
  if (loaded >= total) return `${wholeNumber(total)} ${noun(total)}`;
  return `${wholeNumber(loaded)} of ${wholeNumber(total)} ${noun(total)} loaded`;
}
