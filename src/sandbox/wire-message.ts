import type { WireMessage } from './types.ts';

/** Puts a message's fields in the order in which Twilio writes them, and adds what follows from its SID. */
export function wire(
  account: string,
  fields: Omit<WireMessage, 'uri' | 'account_sid' | 'api_version' | 'subresource_uris'>,
): WireMessage {
  const path = `/2010-04-01/Accounts/${account}/Messages/${fields.sid}`;
  return {
    body: fields.body,
    num_segments: fields.num_segments,
    direction: fields.direction,
    from: fields.from,
    date_updated: fields.date_updated,
    price: fields.price,
    error_message: fields.error_message,
    uri: `${path}.json`,
    account_sid: account,
    num_media: fields.num_media,
    to: fields.to,
    date_created: fields.date_created,
    status: fields.status,
    sid: fields.sid,
    date_sent: fields.date_sent,
    messaging_service_sid: fields.messaging_service_sid,
    error_code: fields.error_code,
    price_unit: fields.price_unit,
    api_version: '2010-04-01',
    subresource_uris: { media: `${path}/Media.json`, feedback: `${path}/Feedback.json` },
  };
}
