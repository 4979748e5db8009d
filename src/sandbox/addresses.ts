import type { Channel } from './error-codes.ts';

/** Numbers of real area codes in 555-01xx, which the North American plan keeps for fiction. */
const AREAS = [212, 415, 312, 617, 206, 303, 404, 512, 602, 702, 718, 773, 805, 813, 901, 919, 954, 971];
const PEOPLE_PER_AREA = 80;

/** People the accounts write with. */
const AMERICANS = Array.from(
  { length: AREAS.length * PEOPLE_PER_AREA },
  (_, person) => `+1${AREAS[person % AREAS.length]}55501${two(20 + Math.floor(person / AREAS.length))}`,
);
/** +44 7700 900xxx is Ofcom's range for drama. */
const BRITONS = Array.from({ length: 200 }, (_, person) => `+447700900${String(person).padStart(3, '0')}`);
const PEOPLE: Readonly<Record<Channel, readonly string[]>> = {
  sms: AMERICANS,
  mms: AMERICANS,
  alpha: BRITONS,
  whatsapp: [...AMERICANS, ...BRITONS].map((number) => `whatsapp:${number}`),
  rcs: AMERICANS.map((number) => `rcs:${number}`),
  messenger: Array.from({ length: 40 }, (_, person) => `messenger:${7_100_000_000_000_000 + person * 7919}`),
};

/** What an account sends from on each channel; the offset keeps accounts apart. */
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

/** The person behind a draw: squaring makes some people far busier than others, as in life. */
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
