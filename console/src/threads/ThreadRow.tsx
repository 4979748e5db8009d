import type { ReactNode } from 'react';
import { Link } from 'wouter';
import { wordOf } from '../filters/words.ts';
import { Address } from '../text/Address.tsx';
import { Body } from '../text/Body.tsx';
import { Time } from '../time/Time.tsx';
import { Icon } from '../ui/Icon.tsx';
import { linkTo, threadPath } from '../url/use-url.ts';

/** The newest message of a thread. */
interface LastMessage {
  readonly body: string | null | undefined;
  readonly bodyState: string;
  readonly direction: string | null | undefined;
  readonly channel: string;
  readonly numMedia: number | null | undefined;
  readonly delivery: { readonly outcome: string };
  readonly dateSent: string | null | undefined;
  readonly dateCreated: string | null | undefined;
}

interface ThreadRowProps {
  readonly id: string;
  readonly participant: string;
  readonly last: LastMessage | null;
  /** After the text: counts, channels, an opt-out. */
  readonly facts: ReactNode;
}

/** A person in the list of threads, as one link. */
export function ThreadRow({ id, participant, last, facts }: ThreadRowProps) {
  const isInbound = last?.direction === 'INBOUND';
  return (
    <li>
      <Link href={linkTo(threadPath(id))} className="thread-row">
        <span className="thread-person">
          <Address address={participant} />
        </span>
        {last && (
          <span className="thread-last">
            <span className={isInbound ? 'thread-way in' : 'thread-way'}>
              <Icon name={isInbound ? 'in' : 'out'} />
              <span className="visually-hidden">{isInbound ? 'Received: ' : 'Sent: '}</span>
            </span>
            {last.bodyState === 'EMPTY' && last.numMedia ? (
              <span className="body-absent">
                <Icon name="image" /> {last.numMedia === 1 ? '1 file' : `${last.numMedia} files`}
              </span>
            ) : (
              <Body body={last.body} state={last.bodyState} oneLine />
            )}
          </span>
        )}
        <span className="thread-facts">{facts}</span>
        {last && (
          <span className="thread-time">
            <Time at={last.dateSent ?? last.dateCreated} focusable={false} />
          </span>
        )}
      </Link>
    </li>
  );
}

/** `SMS, WhatsApp`. */
export const channelsOf = (channels: readonly string[]): string => channels.map(wordOf).join(', ');
