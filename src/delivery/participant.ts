/** The fields of a message that determine its participant, as in Twilio's API. */
export interface Parties {
  readonly direction?: string | null | undefined;
  readonly from?: string | null | undefined;
  readonly to?: string | null | undefined;
}

/** The other party of a message: its sender if it is inbound, else its recipient. Null while Twilio names none. */
export function participantOf({ direction, from, to }: Parties): string | null {
  return (direction === 'inbound' ? from : to) ?? null;
}

const NUMBER = /^(?:[a-z]+:)?(\+[1-9]\d{1,14})$/;

/** The E.164 number in an address, without a channel's prefix; undefined if it has none. */
export function phoneNumberIn(address: string): string | undefined {
  return NUMBER.exec(address)?.[1];
}

/** The prefixes of a number on each channel where Twilio stores it. */
const PREFIXES: ReadonlyMap<string, string> = new Map([
  ['SMS', ''],
  ['MMS', ''],
  ['WHATSAPP', 'whatsapp:'],
  ['RCS', 'rcs:'],
]);

/**
 * The addresses under which Twilio stores a person's messages. A plain number matches on every channel, or on those
 * given; any other address matches only itself.
 *
 * @param channels of the schema; empty for all
 */
export function addressesOf(address: string, channels: readonly string[]): readonly string[] {
  if (phoneNumberIn(address) !== address) return [address];
  const wanted = channels.length > 0 ? channels.filter((name) => PREFIXES.has(name)) : [...PREFIXES.keys()];
  return [...new Set(wanted.map((name) => `${PREFIXES.get(name)}${address}`))];
}

/** A person on all channels: the number without the prefix of a channel on which Twilio stores numbers; else the address. */
export function personOf(address: string): string {
  const number = phoneNumberIn(address);
  return number !== undefined && addressesOf(number, []).includes(address) ? number : address;
}
