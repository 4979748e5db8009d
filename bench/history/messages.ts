import type { WireMessage } from '../../src/twilio/resources/messages.ts';

const WORDS =
  'your code is order has shipped today please reply stop to opt out appointment tomorrow at noon hello thanks for shopping with us delivery driver arrives between gate number call back when you can doctor invoice paid amount due monday friday meeting room changed'.split(
    ' ',
  );
const COUNTRIES = ['+1415555', '+1212555', '+4915112', '+4479460', '+3361234', '+6140000'];
/** Statuses of outbound messages with their share and error codes. */
const OUTCOMES = [
  ['delivered', 0.86, [null]],
  ['sent', 0.05, [null]],
  ['undelivered', 0.05, [30003, 30005, 30006, 30007]],
  ['failed', 0.03, [30008, 21610, 30034]],
  ['read', 0.01, [null]],
] as const;
const DAYS = 390;
export const PERSONS = 100_000;

export const ACCOUNT = `AC${'1'.repeat(32)}`;
/** A word that about one message in 20,000 has. */
export const RARE_WORD = 'rhabarber';

/** The made-up messages of an account: number 0 is the newest. */
export interface MessageList {
  readonly total: number;
  /** When the newest one was sent, in milliseconds. */
  readonly newest: number;
  /** Whether some were redacted and deleted since the list was first read. */
  readonly isChanged: boolean;
}

/** Midnight four days ago: an account without messages in the last three days, all of them within Twilio's retention. */
export const newestDate = (now = Date.now()): number => (Math.floor(now / 86_400_000) - 4) * 86_400_000;

export function timeOf(number: number, { total, newest }: MessageList): number {
  return newest - Math.floor((number / total) * DAYS * 86_400) * 1000;
}

/** Messages whose number is below this one are redacted and deleted while nobody looks: those of about ten days. */
const changesBelow = ({ total }: MessageList) => Math.floor((total * 10) / DAYS);

export function isDeleted(number: number, list: MessageList): boolean {
  return list.isChanged && number % 400 === 3 && number < changesBelow(list);
}

function isRedacted(number: number, list: MessageList): boolean {
  return number % 1_000 === 9 || (list.isChanged && number % 400 === 203 && number < changesBelow(list));
}

/** Messages without a sent date, which no filter by date finds. */
export const isUndated = (number: number): boolean => number % 5_000 === 17;

/** Random numbers from 0 to 1, the same for each message in every run. */
export function createDice(number: number): () => number {
  let state = hashOf(number);
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

export function messageOf(number: number, list: MessageList): WireMessage {
  const dice = createDice(number);
  const pick = <T>(values: readonly T[]): T => values[Math.floor(dice() * values.length)] as T;
  const person = Math.floor(dice() ** 2 * PERSONS);
  const address = addressOf(person);
  const prefix = person % 10 === 0 ? 'whatsapp:' : '';
  const own = `${prefix}+1833555${String(Math.floor(dice() * 20)).padStart(4, '0')}`;
  const isInbound = dice() < 0.25;
  const [status, , codes] = isInbound ? (['received', 1, [null]] as const) : outcomeOf(dice());
  const code = pick<number | null>(codes);
  const date = wireDate(timeOf(number, list));
  const rare = dice() < 1 / 20_000 ? `${RARE_WORD} ` : '';
  const hasDate = !isUndated(number);
  return {
    sid: sidOf(number),
    account_sid: ACCOUNT,
    body: isRedacted(number, list) ? '' : `${rare}${pick(TEXTS)} ${Math.floor(dice() * 1e6)}`,
    from: isInbound ? `${prefix}${address}` : own,
    to: isInbound ? own : `${prefix}${address}`,
    direction: isInbound ? 'inbound' : 'outbound-api',
    status: hasDate ? status : 'queued',
    error_code: code,
    error_message: code === null ? null : 'Message could not be delivered',
    num_segments: '1',
    num_media: dice() < 0.05 ? '1' : '0',
    price: '-0.00750',
    price_unit: 'USD',
    messaging_service_sid: isInbound ? null : `MG${String(person % 5).repeat(32)}`,
    date_created: date,
    date_sent: hasDate ? date : null,
    date_updated: date,
  };
}

export function addressOf(person: number): string {
  return `${COUNTRIES[person % COUNTRIES.length]}${String(person).padStart(6, '0').slice(-5)}`;
}

/** The SID has no order, as Twilio's have none, but for the number at its end. */
export function sidOf(number: number): string {
  const parts = [1, 2, 3].map((part) => hashOf(number ^ (part * 0x9e3779b9)));
  return `SM${[...parts, number].map((part) => part.toString(16).padStart(8, '0')).join('')}`;
}

export const numberOf = (sid: string): number => Number.parseInt(sid.slice(-8), 16);

function hashOf(number: number): number {
  let hash = Math.imul(number ^ 0x5bd1e995, 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/** Days in Twilio's form, by their number. */
const days = new Map<number, string>();

function wireDate(time: number): string {
  const day = Math.floor(time / 86_400_000);
  let name = days.get(day);
  if (name === undefined) {
    name = new Date(time).toUTCString().slice(0, 16);
    days.set(day, name);
  }
  return `${name} ${new Date(time).toISOString().slice(11, 19)} +0000`;
}

/** Texts of about 95 characters, made once: to make one takes longer than the rest of a message. */
const TEXTS = Array.from({ length: 20_000 }, (_, index) => {
  const dice = createDice(index + 1);
  let text = '';
  while (text.length < 92) text += `${WORDS[Math.floor(dice() * WORDS.length)]} `;
  return text.trim();
});

function outcomeOf(roll: number): (typeof OUTCOMES)[number] {
  let sum = 0;
  for (const outcome of OUTCOMES) {
    sum += outcome[1];
    if (sum >= roll) return outcome;
  }
  return OUTCOMES[0];
}
