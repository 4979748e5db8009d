import type { ReactNode } from 'react';
import { graphql, useLazyLoadQuery } from 'react-relay';
import type { MessageDetailQuery, MessageDetailQuery$data } from '#relay/MessageDetailQuery';
import { countryName, wordOf } from '../filters/words.ts';
import { useViewer } from '../shell/viewer.ts';
import { Address } from '../text/Address.tsx';
import { Body } from '../text/Body.tsx';
import { Time } from '../time/Time.tsx';
import { ButtonLink } from '../ui/Button.tsx';
import { Copy } from '../ui/Copy.tsx';
import { Icon } from '../ui/Icon.tsx';
import { OutcomeBadge, StatusBadge } from '../ui/Status.tsx';
import { Notice, State } from '../ui/states.tsx';
import { Facts } from '../ui/Table.tsx';
import { linkTo, threadPath } from '../url/use-url.ts';
import { MessageMedia } from './MessageMedia.tsx';
import { timelineOf } from './timeline.ts';

interface MessageDetailProps {
  /** Null for the account of the default credential. */
  readonly accountSid: string | null;
  readonly sid: string;
  readonly attempt: number;
  /** Of its headings: below that of the page or of the panel. */
  readonly level: 'h2' | 'h3';
}

type Message = NonNullable<MessageDetailQuery$data['message']>;

/** Everything about one message: why it failed and what to do first. */
export function MessageDetail({ accountSid, sid, attempt, level }: MessageDetailProps) {
  const { message } = useLazyLoadQuery<MessageDetailQuery>(
    graphql`
      query MessageDetailQuery($accountSid: AccountSid, $sid: MessageSid!) {
        message(accountSid: $accountSid, sid: $sid) {
          sid
          accountSid
          body
          bodyState
          from
          to
          country
          direction
          channel
          status
          delivery {
            outcome
            isFinal
            error {
              code
              title
              explanation
              documentationUrl
            }
          }
          errorCode
          errorMessage
          numSegments
          numMedia
          price
          priceUnit
          messagingServiceSid
          dateCreated
          dateSent
          dateUpdated
          timeline {
            status
            at
            errorCode
          }
          thread {
            id
          }
          ...MessageMedia_message
        }
      }
    `,
    { accountSid, sid },
    { fetchPolicy: 'store-and-network', fetchKey: attempt },
  );
  if (!message) {
    return (
      <State
        icon="search"
        title="This message is gone"
        actions={<ButtonLink href={linkTo('/messages')}>All messages</ButtonLink>}
      >
        <p>It was deleted at Twilio, is older than Twilio stores, or the SID is of another account.</p>
      </State>
    );
  }
  return (
    <article className="detail">
      <header className="row">
        <StatusBadge status={message.status} outcome={message.delivery.outcome} />
        <span className="with-icon">
          <Icon name={message.direction === 'INBOUND' ? 'in' : 'out'} />
          {message.direction ? wordOf(message.direction) : 'Unknown direction'}
        </span>
        <span className="muted">{wordOf(message.channel)}</span>
        {message.thread && (
          <ButtonLink kind="quiet" icon="threads" href={linkTo(threadPath(message.thread.id))}>
            Thread
          </ButtonLink>
        )}
      </header>
      <div className="detail-parts">
        <div className="detail-part">
          <Reason message={message} level={level} />
          <section className="detail-section detail-text" aria-label="Text">
            <Body body={message.body} state={message.bodyState} />
          </section>
          <MessageMedia message={message} level={level} />
          <Timeline message={message} level={level} />
        </div>
        <Fields message={message} level={level} />
      </div>
    </article>
  );
}

interface PartProps {
  readonly message: Message;
  readonly level: 'h2' | 'h3';
}

/** Why it failed and what to do, or what its status means for it. */
function Reason({ message, level: Heading }: PartProps) {
  const { error, outcome, isFinal } = message.delivery;
  if (!error) {
    if (outcome === 'FAILED') {
      return (
        <Notice tone="danger">
          <strong>It was not delivered, and Twilio gives no error code.</strong> Look at the sender, the
          recipient and the text, and send it once more.
        </Notice>
      );
    }
    if (outcome !== 'UNCONFIRMED') return null;
    return (
      <Notice>
        The carrier accepted it and has confirmed nothing{isFinal ? '' : ' yet'}. Not every carrier sends
        receipts.
      </Notice>
    );
  }
  const { code, title, explanation, documentationUrl } = error;
  const isTwilio = /^https:\/\/(?:www\.)?twilio\.com\//.test(documentationUrl);
  return (
    <Notice tone={outcome === 'FAILED' ? 'danger' : 'warning'}>
      <Heading className="reason-title">
        {outcome === 'FAILED' ? 'Why it failed' : 'What went wrong'}:{' '}
        {title ?? 'an error without a known title'} <span className="number">({code})</span>
      </Heading>
      {explanation ? <p>{explanation}</p> : <p>This release does not explain the code. Twilio's page may.</p>}
      <p className="row reason-links">
        <a href={linkTo('/messages', { error: String(code) })}>Messages with this error</a>
        {isTwilio && (
          <a href={documentationUrl} target="_blank" rel="noreferrer">
            Twilio's page about {code}
          </a>
        )}
      </p>
    </Notice>
  );
}

function Timeline({ message, level: Heading }: PartProps) {
  const seen = message.timeline?.map((event) => ({ ...event, name: `Status: ${wordOf(event.status)}` }));
  const steps = timelineOf({ ...message, statusName: wordOf(message.status), seen });
  return (
    <section className="detail-section">
      <Heading>Timeline</Heading>
      <ol className="timeline">
        {steps.map(({ name, at, after }) => (
          <li key={`${name} ${at}`}>
            <span>{name}</span>
            <span className="row timeline-time">
              <Time at={at} exact />
              {after && <span className="muted number">+{after}</span>}
            </span>
          </li>
        ))}
      </ol>
      {seen && seen.length > 0 && (
        <p className="muted timeline-note">
          Statuses as the gateway read them: each began at its time or before, and there may have been others
          between.
        </p>
      )}
    </section>
  );
}

/** A field that the caller's policy may hide, or that Twilio does not have. */
const orNone = (value: string | number | null | undefined, none = 'none'): ReactNode =>
  value === null || value === undefined || value === '' ? <span className="muted">{none}</span> : value;

function Fields({ message, level: Heading }: PartProps) {
  const { credentials, fieldPolicy } = useViewer();
  const nickname = credentials.find(({ accountSid }) => accountSid === message.accountSid)?.nickname;
  const withCopy = (value: string, name: string) => (
    <span className="copied">
      <code>{value}</code> <Copy text={value} name={name} />
    </span>
  );
  const address = (value: string | null | undefined) =>
    value ? (
      <Address address={value} />
    ) : fieldPolicy.addresses === 'SHOWN' ? (
      <span className="muted">none yet</span>
    ) : (
      <span className="body-absent">
        <Icon name="hidden" /> Hidden by your field policy
      </span>
    );
  return (
    <section className="detail-section">
      <Heading>Fields</Heading>
      <Facts
        facts={[
          ['From', address(message.from)],
          ['To', address(message.to)],
          ['Country', orNone(message.country && countryName(message.country), 'not a number')],
          ['Outcome', <OutcomeBadge key="outcome" outcome={message.delivery.outcome} />],
          ['Final', message.delivery.isFinal ? 'Yes' : 'No, the status may still change'],
          ['Error code', orNone(message.errorCode)],
          ["Twilio's message", orNone(message.errorMessage)],
          ['Segments', orNone(message.numSegments)],
          ['Media', orNone(message.numMedia)],
          [
            'Price',
            message.price ? `${message.price} ${message.priceUnit ?? ''}` : orNone(null, 'not billed yet'),
          ],
          ['Messaging Service', orNone(message.messagingServiceSid)],
          [
            'Account',
            <span key="account">
              {nickname && <strong>{nickname} </strong>}
              {withCopy(message.accountSid, 'account SID')}
            </span>,
          ],
          ['SID', withCopy(message.sid, 'SID')],
          ['Created', <Time key="created" at={message.dateCreated} exact />],
          ['Sent', <Time key="sent" at={message.dateSent} exact />],
          ['Updated', <Time key="updated" at={message.dateUpdated} exact />],
        ]}
      />
    </section>
  );
}
