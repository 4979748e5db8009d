import type { WireMessage } from '../../src/twilio/resources/messages.ts';

/** Returns numbers from 0 to 1, the same in every run. */
export function createDice(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

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
const DAYS = 400;
const PERSONS = 100_000;
const NEWEST = Date.UTC(2026, 10, 27);

export const ACCOUNT = `AC${'1'.repeat(32)}`;
/** A word that about one message in 20,000 has. */
export const RARE_WORD = 'rhabarber';

/** Makes the messages of a page: newest first, over 400 days. */
export function pageOf(page: number, size: number, total: number): WireMessage[] {
  const dice = createDice(page + 1);
  const pick = <T>(values: readonly T[]): T => values[Math.floor(dice() * values.length)] as T;
  return Array.from({ length: size }, (_, index) => {
    const number = page * size + index;
    const time = NEWEST - Math.floor((number / total) * DAYS * 86_400) * 1000;
    const person = Math.floor(dice() ** 2 * PERSONS);
    const address = `${COUNTRIES[person % COUNTRIES.length]}${String(person).padStart(6, '0').slice(-5)}`;
    const prefix = person % 10 === 0 ? 'whatsapp:' : '';
    const own = `${prefix}+1833555${String(Math.floor(dice() * 20)).padStart(4, '0')}`;
    const isInbound = dice() < 0.25;
    const [status, , codes] = isInbound ? (['received', 1, [null]] as const) : outcomeOf(dice());
    const code = pick<number | null>(codes);
    const date = new Date(time).toUTCString().replace('GMT', '+0000');
    let body = dice() < 1 / 20_000 ? `${RARE_WORD} ` : '';
    while (body.length < 95) body += `${pick(WORDS)} `;
    return {
      sid: `SM${sidDigits(number)}`,
      account_sid: ACCOUNT,
      body: `${body}${Math.floor(dice() * 1e6)}`,
      from: isInbound ? `${prefix}${address}` : own,
      to: isInbound ? own : `${prefix}${address}`,
      direction: isInbound ? 'inbound' : 'outbound-api',
      status,
      error_code: code,
      error_message: code === null ? null : 'Message could not be delivered',
      num_segments: '1',
      num_media: dice() < 0.05 ? '1' : '0',
      price: '-0.00750',
      price_unit: 'USD',
      messaging_service_sid: isInbound ? null : `MG${String(person % 5).repeat(32)}`,
      date_created: date,
      date_sent: date,
      date_updated: date,
    };
  });
}

/** 32 digits without any order, as Twilio's are. */
function sidDigits(number: number): string {
  let digits = '';
  for (let part = 1; part <= 4; part += 1) {
    let hash = Math.imul(number ^ (part * 0x9e3779b9), 0x85ebca6b);
    hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
    digits += ((hash ^ (hash >>> 16)) >>> 0).toString(16).padStart(8, '0');
  }
  return digits;
}

function outcomeOf(roll: number): (typeof OUTCOMES)[number] {
  let sum = 0;
  for (const outcome of OUTCOMES) {
    sum += outcome[1];
    if (sum >= roll) return outcome;
  }
  return OUTCOMES[0];
}
