import type { WireAccount, WireMessage } from '../upstream/messages.ts';
import { enumOf, iso } from './fields.ts';

/** The part of the gateway's schema that the workloads use, so that all servers get the same query text. */
export const typeDefs = /* GraphQL */ `
  scalar AccountSid
  scalar MessageSid
  scalar Address
  scalar Decimal
  scalar Currency
  scalar DateTime
  enum MessageStatus {
    ACCEPTED SCHEDULED CANCELED QUEUED SENDING SENT FAILED DELIVERED UNDELIVERED RECEIVING RECEIVED READ
  }
  enum MessageDirection { INBOUND OUTBOUND_API OUTBOUND_CALL OUTBOUND_REPLY }
  enum AccountStatus { ACTIVE SUSPENDED CLOSED }
  type Account {
    sid: AccountSid!
    friendlyName: String
    status: AccountStatus
  }
  type Message {
    sid: MessageSid!
    accountSid: AccountSid!
    account: Account
    body: String
    from: Address
    to: Address
    direction: MessageDirection
    status: MessageStatus!
    errorCode: Int
    numSegments: Int
    price: Decimal
    priceUnit: Currency
    dateCreated: DateTime
    dateSent: DateTime
  }
  type PageInfo { hasNextPage: Boolean!, endCursor: String }
  type MessageConnection { nodes: [Message!]!, pageInfo: PageInfo! }
  type Query {
    message(accountSid: AccountSid!, sid: MessageSid!): Message
    messages(accountSid: AccountSid!, first: Int = 50, after: String): MessageConnection
  }
`;

export interface MessagePage {
  messages: WireMessage[];
  next_page_uri: string | null;
}

/** Resolvers that map Twilio's payloads; each peer reads them in its own way. */
export const fieldResolvers = {
  Account: {
    friendlyName: (account: WireAccount) => account.friendly_name,
    status: (account: WireAccount) => enumOf(account.status),
  },
  Message: {
    accountSid: (message: WireMessage) => message.account_sid,
    direction: (message: WireMessage) => enumOf(message.direction),
    status: (message: WireMessage) => enumOf(message.status),
    errorCode: (message: WireMessage) => message.error_code,
    numSegments: (message: WireMessage) => Number(message.num_segments),
    priceUnit: (message: WireMessage) => message.price_unit,
    dateCreated: (message: WireMessage) => iso(message.date_created),
    dateSent: (message: WireMessage) => iso(message.date_sent),
  },
  MessageConnection: {
    nodes: (page: MessagePage) => page.messages,
    pageInfo: ({ next_page_uri: next }: MessagePage) => ({
      hasNextPage: next !== null,
      endCursor: next && new URLSearchParams(next.slice(next.indexOf('?') + 1)).get('PageToken'),
    }),
  },
};

export interface MessageArgs {
  accountSid: string;
  sid: string;
}

export interface MessagesArgs {
  accountSid: string;
  first: number;
  after?: string | null;
}
