import { graphql, useFragment } from 'react-relay';
import { Link } from 'wouter';
import type { ThreadMessage_message$key } from '#relay/ThreadMessage_message';
import { wordOf } from '../filters/words.ts';
import { Address } from '../text/Address.tsx';
import { Body } from '../text/Body.tsx';
import { formatExactly, formatTime } from '../time/format.ts';
import { Icon } from '../ui/Icon.tsx';
import { StatusBadge } from '../ui/Status.tsx';
import { linkTo, messagePath } from '../url/use-url.ts';
import { isInbound } from './days.ts';
import { MediaStrip } from './MediaStrip.tsx';

const MESSAGE = graphql`
  fragment ThreadMessage_message on Message {
    id
    sid
    accountSid
    body
    bodyState
    direction
    channel
    from
    to
    status
    numMedia
    delivery {
      outcome
      error {
        code
        title
        explanation
        documentationUrl
      }
    }
  }
`;

interface ThreadMessageProps {
  readonly message: ThreadMessage_message$key;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly zone: string;
  readonly isFirst: boolean;
}

/** One message of a thread: received ones at the start of the line, sent ones at its end. */
export function ThreadMessage({ message: key, at, zone, isFirst }: ThreadMessageProps) {
  const message = useFragment(MESSAGE, key);
  const { sid, accountSid, body, bodyState, channel, status, numMedia, delivery } = message;
  const received = isInbound(message);
  const hasFiles = (numMedia ?? 0) > 0;
  const { error } = delivery;
  const isRoutine = received && status === 'RECEIVED';
  return (
    <li
      className={`thread-message ${received ? 'in' : 'out'}${isFirst ? ' first' : ''}${
        delivery.outcome === 'FAILED' ? ' failed' : ''
      }`}
      tabIndex={-1}
      data-sid={sid}
    >
      {isFirst && (
        <p className="message-head">
          <span className={`channel ${channel.toLowerCase()}`}>{wordOf(channel)}</span>
          <span className="message-line">
            {received ? 'to' : 'from'} <Address address={received ? message.to : message.from} short />
          </span>
        </p>
      )}
      <div className="thread-bubble">
        <span className="visually-hidden">{received ? 'Received: ' : 'Sent: '}</span>
        {hasFiles && <MediaStrip id={message.id} count={numMedia ?? 0} />}
        {!(hasFiles && bodyState === 'EMPTY') && <Body body={body} state={bodyState} />}
      </div>
      <p className="message-foot">
        <Link
          href={linkTo(messagePath(accountSid, sid))}
          className="message-time"
          title={formatExactly(at, zone)}
        >
          <time dateTime={new Date(at).toISOString()}>{formatTime(at, zone)}</time>
          <span className="visually-hidden">, open the message</span>
        </Link>
        {!isRoutine && <StatusBadge status={status} outcome={delivery.outcome} />}
      </p>
      {error && (
        <div className="message-error">
          <p>
            <Icon name="alert" />
            <strong>
              {error.code} {error.title}
            </strong>
          </p>
          {error.explanation && <p>{error.explanation}</p>}
          <a href={error.documentationUrl} target="_blank" rel="noreferrer">
            Twilio on {error.code}
          </a>
        </div>
      )}
    </li>
  );
}
