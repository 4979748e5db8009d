import { hash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { countryOf } from '../delivery/country.ts';
import { channelOf } from '../delivery/outcome.ts';
import { participantOf, personOf } from '../delivery/participant.ts';
import { parseTwilioDate } from '../twilio/dates.ts';
import type { WireMessage } from '../twilio/resources/messages.ts';
import type { MessageRow } from './tables.ts';
import type { Terms } from './terms.ts';

/** The bytes of a SID's digits, in which SM and MM do not differ. */
export function sidBytes(sid: string): Uint8Array {
  return Buffer.from(sid.slice(2), 'hex');
}

/** The key of a SID, whatever its prefix and case. */
export function sidKey(sid: Uint8Array): string {
  return Buffer.from(sid.buffer, sid.byteOffset, sid.byteLength).toString('hex');
}

/** The texts of a message that are stored as terms. */
export function termsOf(message: WireMessage): (string | null | undefined)[] {
  const { status, direction, price_unit, messaging_service_sid } = message;
  return [
    status,
    direction,
    price_unit,
    price_unit?.toUpperCase(),
    messaging_service_sid,
    channelOf(message),
    countryOf(participantOf(message)),
  ];
}

/** The fields of a row that the message does not have. */
export interface RowContext {
  readonly account: number;
  readonly keepsBodies: boolean;
  readonly storesFolded: boolean;
  /** In milliseconds. */
  readonly readAt: number;
  /** See {@link MessageRow.observed}. */
  readonly observed: number | null;
}

/** Turns a message into a row; its terms were added before. */
export function toRow(message: WireMessage, terms: Terms, context: RowContext): MessageRow {
  const sent = secondsOf(message.date_sent);
  const created = secondsOf(message.date_created) ?? 0;
  const participant = participantOf(message);
  const text = storableOrNull(message.body);
  const body = context.keepsBodies ? text : null;
  const folded = context.storesFolded && body !== null ? fold(body) : null;
  return {
    sid: sidBytes(message.sid),
    mm: message.sid.startsWith('MM') ? 1 : 0,
    account: context.account,
    created,
    sent,
    updated: secondsOf(message.date_updated) ?? 0,
    date: sent ?? created,
    sender: storableOrNull(message.from),
    recipient: storableOrNull(message.to),
    person: participant === null ? null : personOf(storable(participant)),
    direction: terms.idOf(message.direction),
    channel: terms.idOf(channelOf(message)),
    status: terms.idOf(message.status),
    country: terms.idOf(countryOf(participant)),
    unit: terms.idOf(message.price_unit),
    service: terms.idOf(message.messaging_service_sid),
    error: message.error_code ?? null,
    error_message: storableOrNull(message.error_message),
    segments: toInt(message.num_segments),
    media: toInt(message.num_media),
    price: message.price ?? null,
    body,
    folded: folded === body ? null : folded,
    opt: optOf(message, text),
    seen: context.readAt,
    status_at: null,
    observed: context.observed,
    digest: context.keepsBodies ? digestOf(message) : null,
  };
}

/** A number of 48 bits is exact in JavaScript and in both databases. */
export const DIGEST_BYTES = 6;
/** To be changed when other columns are derived from a message: those that are read again are then saved again. */
const DERIVATION = '1';

/** A number that tells versions of a message apart, but for one case in 2⁴⁸. */
export function digestOf(message: WireMessage): number {
  const values = [
    DERIVATION,
    message.sid,
    message.body,
    message.from,
    message.to,
    message.direction,
    message.status,
    message.error_code,
    message.error_message,
    message.num_segments,
    message.num_media,
    message.price,
    message.price_unit,
    message.messaging_service_sid,
    message.date_created,
    message.date_sent,
    message.date_updated,
  ];
  // Null is not the empty text, which a redacted body is.
  const text = values.map((value) => value ?? '\u0001').join('\0');
  return hash('sha256', text, 'buffer').readUIntBE(0, DIGEST_BYTES);
}

/** Turns a row back into the message as Twilio sent it; a body that is not kept is null. */
export function toMessage(row: MessageRow, terms: Terms, accountSid: string): WireMessage {
  return {
    sid: `${row.mm === 1 ? 'MM' : 'SM'}${sidKey(row.sid)}`,
    account_sid: accountSid,
    body: row.body,
    from: row.sender,
    to: row.recipient,
    direction: terms.textOf(row.direction),
    status: terms.textOf(row.status) ?? '',
    error_code: row.error,
    error_message: row.error_message,
    num_segments: row.segments === null ? null : String(row.segments),
    num_media: row.media === null ? null : String(row.media),
    price: row.price,
    price_unit: terms.textOf(row.unit),
    messaging_service_sid: terms.textOf(row.service),
    date_created: wireDate(row.created),
    date_sent: wireDate(row.sent ?? 0),
    date_updated: wireDate(row.updated),
  };
}

export function secondsOf(date: string | null): number | null {
  if (date === null) return null;
  // A page has thousands of dates, of few days, in this form: Fri, 24 May 2019 17:44:50 +0000
  const time = date.endsWith(' +0000') ? TIME.exec(date.slice(16, 25)) : null;
  if (date.length !== 31 || !time) return slowSecondsOf(date);
  const name = date.slice(0, 16);
  const midnight = midnights.get(name) ?? slowSecondsOf(`${name} 00:00:00 +0000`);
  if (midnight === null) return null;
  midnights.set(name, midnight);
  return midnight + Number(time[1]) * 3600 + Number(time[2]) * 60 + Number(time[3]);
}

const TIME = /^ ([01]\d|2[0-3]):([0-5]\d):([0-5]\d)$/;
/** Days in Twilio's form, with the second at which they begin. */
const midnights = new LRUCache<string, number>({ max: 1_000 });

function slowSecondsOf(date: string): number | null {
  const time = parseTwilioDate(date)?.getTime();
  return time === undefined ? null : Math.floor(time / 1000);
}

function wireDate(seconds: number): string | null {
  return seconds === 0 ? null : new Date(seconds * 1000).toUTCString().replace('GMT', '+0000');
}

/** The form in which texts are searched. */
export function fold(text: string): string {
  return text.toLowerCase();
}

/** PostgreSQL stores no NUL, and neither engine half of a surrogate pair. */
export function storable(text: string): string {
  return text.toWellFormed().replaceAll('\0', '\ufffd');
}

// Twilio may leave a field out, as the parser does.
const storableOrNull = (text: string | null | undefined) => (text == null ? null : storable(text));

function toInt(text: string | null | undefined): number | null {
  return text == null ? null : Number(text);
}

// https://www.twilio.com/docs/messaging/guides/advanced-opt-out
const STOP_WORDS = new Set(['stop', 'stopall', 'unsubscribe', 'cancel', 'end', 'quit', 'revoke', 'optout']);
const START_WORDS = new Set(['start', 'yes', 'unstop']);

/** The recipient has opted out: Twilio's rejection of a message. */
const OPTED_OUT = 21610;

function optOf({ direction, error_code }: WireMessage, body: string | null): number {
  if (direction !== 'inbound') return error_code === OPTED_OUT ? -1 : 0;
  const word = body?.trim().toLowerCase() ?? '';
  if (STOP_WORDS.has(word)) return -1;
  return START_WORDS.has(word) ? 1 : 0;
}
