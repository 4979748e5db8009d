import type { WireAccount, WireMessage } from '../upstream/messages.ts';

export const iso = (date: string | null): string | null =>
  date === null ? null : new Date(date).toISOString();
export const enumOf = (value: string): string => value.replaceAll('-', '_').toUpperCase();

/** Maps a message to the twelve fields of the workloads without GraphQL, for a floor and for the checks. */
export const twelveFields = (message: WireMessage) => ({
  sid: message.sid,
  accountSid: message.account_sid,
  status: enumOf(message.status),
  direction: enumOf(message.direction),
  from: message.from,
  to: message.to,
  body: message.body,
  numSegments: Number(message.num_segments),
  price: message.price,
  priceUnit: message.price_unit,
  dateCreated: iso(message.date_created),
  dateSent: iso(message.date_sent),
});

export const threeFields = (account: WireAccount) => ({
  sid: account.sid,
  friendlyName: account.friendly_name,
  status: enumOf(account.status),
});
