import type { ReactNode } from 'react';
import { graphql, usePaginationFragment } from 'react-relay';
import type { ThreadList_query$key } from '#relay/ThreadList_query';
import type { ThreadListPageQuery } from '#relay/ThreadListPageQuery';
import { Button } from '../ui/Button.tsx';
import { Source } from '../ui/Provenance.tsx';
import { Badge } from '../ui/Status.tsx';
import { State } from '../ui/states.tsx';
import { channelsOf, ThreadRow } from './ThreadRow.tsx';

const THREAD_LIST = graphql`
  fragment ThreadList_query on Query
  @refetchable(queryName: "ThreadListPageQuery")
  @argumentDefinitions(
    in: { type: "AccountSelection" }
    count: { type: "Int", defaultValue: 50 }
    cursor: { type: "String" }
  ) {
    threads(in: $in, first: $count, after: $cursor) @connection(key: "ThreadList_threads") {
      edges {
        node {
          id
          participant
          summary {
            inbound
            outbound
            failed
            channels
            optedOut
            lastMessage {
              body
              bodyState
              direction
              channel
              numMedia
              delivery {
                outcome
              }
              dateSent
              dateCreated
            }
          }
        }
      }
      source
      asOf
      totalCount
    }
  }
`;

const wholeNumber = new Intl.NumberFormat('en').format;

interface ThreadListProps {
  readonly query: ThreadList_query$key;
  /** While the copy does not cover the newest messages yet. */
  readonly withoutCopy: ReactNode;
}

/** All persons by their last message, from the copy of the history. */
export function ThreadList({ query, withoutCopy }: ThreadListProps) {
  const { data, loadNext, hasNext, isLoadingNext } = usePaginationFragment<
    ThreadListPageQuery,
    ThreadList_query$key
  >(THREAD_LIST, query);
  const { threads } = data;
  if (!threads) return null;
  if (threads.source === 'TWILIO') return withoutCopy;
  const { edges, totalCount } = threads;
  if (edges.length === 0) {
    return (
      <State icon="threads" title="There are no messages yet">
        <p>A thread appears as soon as there is a message with a person.</p>
      </State>
    );
  }
  return (
    <section className="thread-list-box" aria-labelledby="thread-list-heading">
      <header className="row spread">
        <h2 id="thread-list-heading">Latest activity</h2>
        <p className="thread-summary" role="status">
          {totalCount == null
            ? wholeNumber(edges.length)
            : `${wholeNumber(edges.length)} of ${wholeNumber(totalCount)}`}{' '}
          threads <Source source={threads.source} asOf={threads.asOf} />
        </p>
      </header>
      <ul className="thread-list">
        {edges.map(({ node: { id, participant, summary } }) => (
          <ThreadRow
            key={id}
            id={id}
            participant={participant}
            last={summary?.lastMessage ?? null}
            facts={
              summary && (
                <>
                  {summary.optedOut && (
                    <Badge tone="warning" icon="stop">
                      Opted out
                    </Badge>
                  )}
                  {summary.failed > 0 && (
                    <Badge tone="danger" icon="alert">
                      {wholeNumber(summary.failed)} failed
                    </Badge>
                  )}
                  <span className="thread-counts">
                    {channelsOf(summary.channels)} · {wholeNumber(summary.inbound)} in,{' '}
                    {wholeNumber(summary.outbound)} out
                  </span>
                </>
              )
            }
          />
        ))}
      </ul>
      {hasNext && (
        <Button className="show-more" disabled={isLoadingNext} onClick={() => loadNext(50)}>
          {isLoadingNext ? 'Loading…' : 'Show more threads'}
        </Button>
      )}
    </section>
  );
}
