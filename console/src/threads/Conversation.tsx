import { startTransition, useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { graphql, readInlineData, usePaginationFragment } from 'react-relay';
import type { Conversation_message$key } from '#relay/Conversation_message';
import type { Conversation_thread$key } from '#relay/Conversation_thread';
import type { ConversationPageQuery } from '#relay/ConversationPageQuery';
import { type GatewayError, toGatewayError } from '../relay/gateway-error.ts';
import { useShortcuts } from '../shell/shortcuts.ts';
import { formatDay, formatExactly } from '../time/format.ts';
import { useZone } from '../time/zone.ts';
import { announce } from '../ui/announce.tsx';
import { Button } from '../ui/Button.tsx';
import { copyText } from '../ui/Copy.tsx';
import { Source, UnavailableAccounts } from '../ui/Provenance.tsx';
import { Badge } from '../ui/Status.tsx';
import { Notice, State } from '../ui/states.tsx';
import { ConversationStart } from './ConversationStart.tsx';
import { toDays } from './days.ts';
import { moveFocus } from './move-focus.ts';
import { optedOutIn } from './opt-out.ts';
import { ThreadMessage } from './ThreadMessage.tsx';
import { useJump } from './use-jump.ts';
import { useNewerMessages } from './use-newer-messages.ts';
import { usePlace } from './use-place.ts';
import { usePrint } from './use-print.ts';

/** Older messages are read in steps of it. */
const PAGE_SIZE = 100;
/** More would make the page slow; the rest is reached by its date. */
const MAX_MESSAGES = 2_000;

const CONVERSATION = graphql`
  fragment Conversation_thread on Thread
  @refetchable(queryName: "ConversationPageQuery")
  @argumentDefinitions(
    filter: { type: "MessageFilter" }
    count: { type: "Int", defaultValue: 100 }
    cursor: { type: "String" }
  ) {
    id
    messages(filter: $filter, first: $count, after: $cursor) @connection(key: "Conversation_messages") {
      edges {
        node {
          id
          ...Conversation_message
          ...ThreadMessage_message
        }
      }
      source
      asOf
      totalCount
      historyTruncated
      unavailable {
        accountSid
        code
        message
      }
    }
  }
`;

const PLACED = graphql`
  fragment Conversation_message on Message @inline {
    id
    sid
    direction
    channel
    dateSent
    dateCreated
    body
    errorCode
  }
`;

export interface ConversationProps {
  readonly thread: Conversation_thread$key;
  /** The last instant that is shown; null for the present. */
  readonly until: string | null;
  /** The day to jump to, `2026-11-28`; null for none. */
  readonly day: string | null;
  /** How many times a day was asked for. */
  readonly jumps: number;
  /** Whether to print as soon as all messages are here. */
  readonly isPrinting: boolean;
  readonly onPrinted: () => void;
  /** Ends a jump, with an end of the conversation if the day is too far back to read all that is after it. */
  readonly onDay: (day: string | null, until?: string | null) => void;
  readonly onPresent: () => void;
}

const wholeNumber = new Intl.NumberFormat('en').format;

/** The messages with a person, oldest first. Older ones are read when their place comes into view. */
export function Conversation(props: ConversationProps) {
  const { thread, until, day, jumps, onDay, onPresent, isPrinting, onPrinted } = props;
  const { data, loadNext, hasNext, isLoadingNext, refetch } = usePaginationFragment<
    ConversationPageQuery,
    Conversation_thread$key
  >(CONVERSATION, thread);
  const zone = useZone();
  const { messages } = data;
  const edges = messages?.edges;
  const days = useMemo(() => {
    const placed = (edges ?? []).map(({ node }) => ({
      ...readInlineData<Conversation_message$key>(PLACED, node),
      node,
    }));
    return toDays(placed, zone);
  }, [edges, zone]);
  const count = edges?.length ?? 0;
  const [error, setError] = useState<GatewayError | null>(null);
  const scroller = useRef<HTMLElement>(null);
  const start = useRef<HTMLDivElement>(null);

  const loadOlder = useCallback(() => {
    setError(null);
    loadNext(PAGE_SIZE, { onComplete: (failure) => failure && setError(toGatewayError(failure)) });
  }, [loadNext]);
  const canLoad = hasNext && count < MAX_MESSAGES && !error && !isLoadingNext;
  const jump = useJump({ days, day, jumps, zone, scroller, canLoad, hasNext, count, loadOlder, onDay });
  usePrint({
    isAsked: isPrinting,
    canLoad,
    isLoading: isLoadingNext,
    hasFailed: error !== null,
    loadOlder,
    onDone: onPrinted,
  });

  const oldest = days[0]?.messages[0]?.message.id;
  const newest = days.at(-1)?.messages.at(-1)?.message.id;
  const { unseen, toEnd, onNew, onScroll } = usePlace({ scroller, oldest, newest });
  const newer = useNewerMessages({
    threadId: data.id,
    isLive: until === null,
    onNew: (added) => {
      announce(added === 1 ? 'One new message' : `${added} new messages`);
      onNew(added);
    },
    onGap: () => startTransition(() => void refetch({}, { fetchPolicy: 'network-only' })),
  });

  useEffect(() => {
    const [element, mark] = [scroller.current, start.current];
    if (!element || !mark || !canLoad) return;
    const observer = new IntersectionObserver(
      (entries) => {
        if (entries.some(({ isIntersecting }) => isIntersecting)) loadOlder();
      },
      { root: element, rootMargin: '600px 0px 0px 0px' },
    );
    observer.observe(mark);
    return () => observer.disconnect();
  }, [canLoad, loadOlder]);
  useShortcuts('Thread', [
    { keys: 'j', name: 'Next message', run: () => moveFocus('.thread-message', 1) },
    { keys: 'k', name: 'Previous message', run: () => moveFocus('.thread-message', -1) },
    {
      keys: 'Enter',
      name: 'Open the message',
      run: () => {
        const link = focused()?.querySelector<HTMLElement>('.message-time');
        link?.click();
        return link !== undefined && link !== null;
      },
    },
    {
      keys: 'c',
      name: 'Copy the SID of the message',
      run: () => {
        const sid = focused()?.dataset.sid;
        if (sid) void copyText(sid, 'SID');
      },
    },
    { keys: 'End', name: 'To the newest message', run: () => (until === null ? toEnd() : onPresent()) },
    { keys: 'r', name: 'Look for new messages', run: newer.check },
  ]);

  if (!messages) return null;
  const { totalCount, source, asOf, unavailable, historyTruncated } = messages;
  const hasAll = !hasNext;
  const isFull = hasNext && count >= MAX_MESSAGES;
  const firstAt = days[0]?.messages[0]?.at ?? 0;
  const optedOut = optedOutIn(days.flatMap((one) => one.messages.map(({ message }) => message)));
  return (
    <section className="conversation-box" aria-label="Messages">
      <UnavailableAccounts accounts={unavailable} />
      {!hasAll && (
        <p className="print-only">
          <strong>Older messages are not on this page:</strong> it begins with {formatExactly(firstAt, zone)}.
        </p>
      )}
      <p className="thread-summary row spread">
        <span role="status">
          {totalCount == null
            ? `${wholeNumber(count)}${hasAll ? '' : '+'} messages`
            : count === totalCount
              ? `${wholeNumber(count)} messages`
              : `${wholeNumber(count)} of ${wholeNumber(totalCount)} messages loaded`}{' '}
          {optedOut && (
            <Badge tone="warning" icon="stop">
              Probably opted out
            </Badge>
          )}
        </span>
        {newer.error ? (
          <span className="thread-stale">
            Could not look for new messages: {newer.error.message}{' '}
            <Button kind="quiet" icon="refresh" onClick={newer.check}>
              Try again
            </Button>
          </span>
        ) : (
          <Source source={source} asOf={newer.asOf ?? asOf} />
        )}
      </p>
      {count === 0 && hasAll ? (
        <State
          icon="threads"
          title={
            until === null ? 'There are no messages with this person' : 'There are no messages up to this day'
          }
          actions={until !== null && <Button onClick={onPresent}>Show the newest messages</Button>}
        >
          <p>Check the number, or whether the account is among those your key may read.</p>
        </State>
      ) : (
        <div className="conversation-frame">
          <section
            ref={scroller}
            className="conversation"
            tabIndex={0}
            aria-label="Conversation"
            onScroll={onScroll}
          >
            <div ref={start} className="conversation-start">
              <ConversationStart
                error={error}
                isLoading={isLoadingNext}
                hasOlder={hasNext}
                isTruncated={historyTruncated}
                onLoad={loadOlder}
                full={
                  isFull && (
                    <>
                      The newest {wholeNumber(count)} messages are shown.{' '}
                      <Button onClick={() => onDay(null, new Date(firstAt).toISOString())}>
                        Go on before {formatDay(firstAt, zone)}
                      </Button>
                    </>
                  )
                }
              />
            </div>
            {days.map(({ date, name, messages: ofDay }) => (
              <section key={date} className="thread-day" data-day={date} aria-labelledby={`day-${date}`}>
                <h3 id={`day-${date}`} className="day-name" tabIndex={-1}>
                  <span>{name}</span>
                </h3>
                <ol>
                  {ofDay.map(({ message, at, isFirst }) => (
                    <ThreadMessage
                      key={message.id}
                      message={message.node}
                      at={at}
                      zone={zone}
                      isFirst={isFirst}
                    />
                  ))}
                </ol>
              </section>
            ))}
          </section>
          {jump.isReading && (
            <div className="conversation-float top" role="status">
              Reading back to {jump.name}…{' '}
              <Button kind="quiet" onClick={() => onDay(null)}>
                Stop
              </Button>
            </div>
          )}
          {isPrinting && (
            <div className="conversation-float top" role="status">
              Reading older messages to print them…{' '}
              <Button kind="quiet" onClick={onPrinted}>
                Stop
              </Button>
            </div>
          )}
          {unseen > 0 && (
            <div className="conversation-float end">
              <Button kind="primary" icon="down" onClick={toEnd}>
                {unseen === 1 ? 'One new message' : `${unseen} new messages`}
              </Button>
            </div>
          )}
        </div>
      )}
      {until !== null && count > 0 && (
        <Notice actions={<Button onClick={onPresent}>Show the newest messages</Button>}>
          Messages after {formatDay(Date.parse(until), zone)} are not shown.
        </Notice>
      )}
    </section>
  );
}

const focused = (): HTMLElement | null | undefined =>
  document.activeElement?.closest<HTMLElement>('.thread-message');
