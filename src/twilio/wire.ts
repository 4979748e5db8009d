/** Twilio's payloads in Twilio's own names. https://www.twilio.com/docs/messaging/api/message-resource */

export interface WireMessage {
  sid: string;
  account_sid: string;
  /** `""` when redacted. */
  body: string | null;
  /** Null while a Messaging Service has not chosen a sender. */
  from: string | null;
  to: string | null;
  direction: string | null;
  status: string;
  error_code: number | null;
  error_message: string | null;
  /** A number as a string; `"0"` while no sender is chosen. */
  num_segments: string | null;
  num_media: string | null;
  /** Negative, five decimals, e.g. `"-0.00750"`; null until billed. */
  price: string | null;
  price_unit: string | null;
  messaging_service_sid: string | null;
  /** RFC 2822, as all dates here. */
  date_created: string | null;
  date_sent: string | null;
  date_updated: string | null;
}

/** An account without its `auth_token`, which the parser never lets in. */
export interface WireAccount {
  sid: string;
  friendly_name: string | null;
  status: string | null;
  type: string | null;
  /** The account's own SID where it is a parent. */
  owner_account_sid: string | null;
  date_created: string | null;
  date_updated: string | null;
}

export interface WireMedia {
  sid: string;
  account_sid: string;
  /** The message's SID. */
  parent_sid: string;
  content_type: string | null;
  date_created: string | null;
  date_updated: string | null;
}
