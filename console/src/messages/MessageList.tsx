import { useCallback, useState } from 'react';
import { graphql, usePaginationFragment } from 'react-relay';
import type { MessageList_query$key } from '#relay/MessageList_query';
import type { MessageListPageQuery } from '#relay/MessageListPageQuery';
import { type GatewayError, toGatewayError } from '../relay/gateway-error.ts';
import { type Position, type TableColumn, VirtualTable } from '../table/VirtualTable.tsx';
import { Button } from '../ui/Button.tsx';
import { Source, UnavailableAccounts } from '../ui/Provenance.tsx';
import { ErrorState, Notice } from '../ui/states.tsx';
import { type MessageRef, MessageRow } from './MessageRow.tsx';

/** More rows than this would fill the memory of a phone: a narrower range shows what is beyond. */
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
          id
          sid
          accountSid
          ...MessageRow_message
        }
      }
      source
      asOf
      totalCount
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

interface MessageListProps {
  readonly query: MessageList_query$key;
  readonly columns: readonly TableColumn[];
  readonly openKey: string | null;
  readonly onOpen: (message: MessageRef) => void;
  readonly empty: React.ReactNode;
}

const wholeNumber = new Intl.NumberFormat('en').format;
const keyOf = ({ id }: MessageRef) => id;

export function MessageList({ query, columns, openKey, onOpen, empty }: MessageListProps) {
  const { data, loadNext, hasNext, isLoadingNext } = usePaginationFragment<
    MessageListPageQuery,
    MessageList_query$key
  >(MESSAGE_LIST, query);
  const [position, setPosition] = useState<Position | null>(null);
  const [error, setError] = useState<GatewayError | null>(null);
  const { messages } = data;
  const rows: readonly MessageRef[] = (messages?.edges ?? []).map(({ node }) => ({ ...node, message: node }));
  const isFull = rows.length >= MAX_ROWS;
  const isScanned = messages?.scanLimitReached ?? false;
  const canLoad = hasNext && !isFull && !error;
  const loadMore = useCallback(() => {
    setError(null);
    loadNext(PAGE_SIZE, { onComplete: (failure) => failure && setError(toGatewayError(failure)) });
  }, [loadNext]);
  const onEnd = useCallback(() => {
    if (canLoad && !isScanned && !isLoadingNext) loadMore();
  }, [canLoad, isScanned, isLoadingNext, loadMore]);
  if (!messages) return null;
  const totalCount = messages.totalCount ?? null;
  const hasAll = !hasNext;
  return (
    <>
      <UnavailableAccounts accounts={messages.unavailable} />
      {messages.historyTruncated && (
        <Notice tone="warning">
          The range begins before the oldest messages that can be read, so this is not all of it.
        </Notice>
      )}
      <p className="list-summary row spread">
        <span role="status">
          {totalCount === null
            ? `${wholeNumber(rows.length)}${hasAll ? '' : '+'} messages`
            : rows.length === totalCount
              ? `${wholeNumber(totalCount)} messages`
              : `${wholeNumber(rows.length)} of ${wholeNumber(totalCount)} messages loaded`}
        </span>
        <Source source={messages.source} asOf={messages.asOf} />
      </p>
      {rows.length === 0 && hasAll ? (
        empty
      ) : (
        <VirtualTable
          label="Messages"
          columns={columns}
          rows={rows}
          keyOf={keyOf}
          RowContent={MessageRow}
          position={position}
          onPosition={setPosition}
          onOpen={onOpen}
          openKey={openKey}
          totalCount={totalCount}
          onEnd={onEnd}
          end={
            error ? (
              <ErrorState error={error} onRetry={loadMore} />
            ) : isFull && hasNext ? (
              <>
                The first {wholeNumber(MAX_ROWS)} messages are shown. Choose a shorter range to see the
                others.
              </>
            ) : isScanned && hasNext ? (
              <span className="row scan-limit">
                Reading stopped at the scan limit, after {wholeNumber(messages.scannedCount)} messages of
                Twilio.
                <Button onClick={loadMore} disabled={isLoadingNext}>
                  Read on
                </Button>
              </span>
            ) : isLoadingNext ? (
              'Loading more…'
            ) : null
          }
        />
      )}
    </>
  );
}
