import { graphql, useFragment } from 'react-relay';
import type { MessageRow_message$data, MessageRow_message$key } from '#relay/MessageRow_message';
import { countryName, wordOf } from '../filters/words.ts';
import type { RowProps } from '../table/VirtualTable.tsx';
import { Address } from '../text/Address.tsx';
import { Body } from '../text/Body.tsx';
import { formatExactly, formatForRow } from '../time/format.ts';
import { useZone } from '../time/zone.ts';
import { Icon } from '../ui/Icon.tsx';
import { StatusBadge } from '../ui/Status.tsx';
import { personOf } from './cell-filter.ts';

/** A row of the list before its fields are read. */
export interface MessageRef {
  readonly sid: string;
  readonly accountSid: string;
  readonly message: MessageRow_message$key;
}

export const MESSAGE_ROW = graphql`
  fragment MessageRow_message on Message {
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
    }
    errorCode
    numSegments
    numMedia
    price
    priceUnit
    messagingServiceSid
    dateCreated
    dateSent
  }
`;

export function MessageRow({ row, columns, cell }: RowProps<MessageRef>) {
  const message = useFragment(MESSAGE_ROW, row.message);
  const zone = useZone();
  return columns.map((column) => cell(column, contentOf(message, column.key, zone)));
}

function contentOf(message: MessageRow_message$data, key: string, zone: string) {
  switch (key) {
    case 'time': {
      const at = Date.parse(message.dateSent ?? message.dateCreated ?? '');
      if (Number.isNaN(at)) return null;
      return (
        <time dateTime={new Date(at).toISOString()} title={formatExactly(at, zone)} className="number">
          {formatForRow(at, zone, Date.now())}
        </time>
      );
    }
    case 'direction': {
      const isInbound = message.direction === 'INBOUND';
      return (
        <span className="with-icon">
          <Icon name={isInbound ? 'in' : 'out'} />
          {!message.direction ? 'Unknown' : isInbound ? 'In' : 'Out'}
        </span>
      );
    }
    case 'person':
      return <Address address={personOf(message)} short />;
    case 'from':
      return <Address address={message.from} short />;
    case 'to':
      return <Address address={message.to} short />;
    case 'channel':
      return wordOf(message.channel);
    case 'body':
      return <Body body={message.body} state={message.bodyState} oneLine />;
    case 'status':
      return <StatusBadge status={message.status} outcome={message.delivery.outcome} />;
    case 'error':
      return message.errorCode == null ? null : <span className="number">{message.errorCode}</span>;
    case 'country':
      return message.country ? countryName(message.country) : null;
    case 'segments':
      return message.numSegments;
    case 'media':
      return message.numMedia;
    case 'price':
      return message.price ? `${message.price} ${message.priceUnit ?? ''}` : null;
    case 'account':
      return `…${message.accountSid.slice(-8)}`;
    case 'service':
      return message.messagingServiceSid ? `…${message.messagingServiceSid.slice(-8)}` : null;
    case 'sid':
      return <code>{message.sid}</code>;
    default:
      return null;
  }
}
