import type { Channel } from './error-codes.ts';
import { mix, pick } from './random.ts';

/** Real area codes; 555-01xx is reserved for fiction in the North American Numbering Plan. */
const AREAS = [212, 415, 312, 617, 206, 303, 404, 512, 602, 702, 718, 773, 805, 813, 901, 919, 954, 971];
const PEOPLE_PER_AREA = 80;

/** People who exchange messages with the accounts. */
const AMERICANS = Array.from(
  { length: AREAS.length * PEOPLE_PER_AREA },
  (_, person) => `+1${AREAS[person % AREAS.length]}55501${two(20 + Math.floor(person / AREAS.length))}`,
);
/** +44 7700 900xxx is reserved for drama by Ofcom. */
const BRITONS = Array.from({ length: 200 }, (_, person) => `+447700900${String(person).padStart(3, '0')}`);
const PEOPLE: Readonly<Record<Channel, readonly string[]>> = {
  sms: AMERICANS,
  mms: AMERICANS,
  alpha: BRITONS,
  whatsapp: [...AMERICANS, ...BRITONS].map((number) => `whatsapp:${number}`),
  rcs: AMERICANS.map((number) => `rcs:${number}`),
  messenger: Array.from({ length: 40 }, (_, person) => `messenger:${7_100_000_000_000_000 + person * 7919}`),
};

/** Returns an account's senders per channel; each `offset` gives other numbers. */
export function createSenders(offset: number): Readonly<Record<Channel, readonly string[]>> {
  const number = (area: number, line: number) => `+1${area}55501${two((offset * 4 + line) % 20)}`;
  const local = [number(212, 0), number(415, 1), number(312, 2), number(800, 3)];
  return {
    sms: local,
    mms: local.slice(0, 2),
    alpha: ['NORTHWIND', 'Northwind ID'],
    whatsapp: [`whatsapp:${number(415, 1)}`],
    rcs: ['rcs:brand_agent'],
    messenger: [`messenger:${1_080_000_000_000 + offset}`],
  };
}

/** Picks a person by a 32-bit draw. Squaring makes some people far busier than others. */
export function personOf(channel: Channel, draw: number): number {
  const share = draw / 2 ** 32;
  return Math.floor(share * share * PEOPLE[channel].length);
}

export function addressOf(channel: Channel, person: number): string {
  return PEOPLE[channel][person] ?? '';
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}

type Template = (draw: number) => string;
const NAMES = ['Ada', 'Björn', 'Chidi', 'Dolores', 'Elif', 'Farid', 'Grace', 'Hana'] as const;
const DAYS = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday'] as const;

const OUTBOUND: readonly [Template, ...Template[]] = [
  (n) => `${code(n)} is your Northwind verification code. Do not share it with anyone.`,
  (n) => `Your Northwind identity check code is ${code(n)}. It expires in 10 minutes.`,
  (n) => `Northwind: finish your identity verification at https://example.com/v/${n.toString(36)}`,
  () => 'Northwind: your identity has been verified. You can go on with your application.',
  () => 'Northwind: we could not read the photo of your document. Please take it again in good light.',
  (n) => `Hi ${pick(NAMES, n)}, this is a reminder of your appointment on ${pick(DAYS, n)} at ${hour(n)}.`,
  (n) => `Your parcel ${n % 900_000} is out for delivery and arrives before ${hour(n)}.`,
  (n) => `Your parcel ${n % 900_000} was left with a neighbour.`,
  (n) => `${pick(NAMES, n)}, votre rendez-vous de ${hour(n)} est confirmé ✅`,
  (n) => `New sign-in to your account from a new device. Was it you? Answer YES or NO. Ref ${n % 9999}`,
  (n) =>
    `Hello ${pick(NAMES, n)}, thank you for choosing Northwind. To finish opening your account we still need a photo of an identity document and a short video of your face. The link is good for seven days: https://example.com/v/${n.toString(36)} Answer STOP to end these messages.`,
  () => 'Northwind: your statement is ready.',
];

const INBOUND: readonly [Template, ...Template[]] = [
  () => 'YES',
  () => 'NO',
  () => 'STOP',
  () => 'HELP',
  (n) => `Can we move it to ${pick(DAYS, n)}?`,
  () => 'I did not get the code',
  () => 'Thanks! 🙏',
  (n) => `Who is this? My name is ${pick(NAMES, n)}.`,
];

/** Returns the text of a message: the same draw always gives the same text. */
export function bodyOf(inbound: boolean, draw: number): string {
  return pick(inbound ? INBOUND : OUTBOUND, draw)(mix(draw, 77));
}

/** Counts the segments of an SMS: 160 GSM-7 or 70 UCS-2 characters in one, 153 or 67 in each of several. */
export function segmentsOf(body: string): number {
  // Sufficient for these texts; the full GSM-7 alphabet also has Greek capitals.
  const gsm = /^[\n\r -~£¥èéùìòÇØøÅåÆæßÉÄÖÑÜ§¿äöñüà€¡¤]*$/.test(body);
  const [single, multi] = gsm ? [160, 153] : [70, 67];
  return body.length <= single ? 1 : Math.ceil(body.length / multi);
}

function code(draw: number): string {
  return String(100_000 + (draw % 900_000));
}

function hour(draw: number): string {
  return `${8 + (draw % 10)}:${draw % 2 === 0 ? '00' : '30'}`;
}
