/** Decides how much of personal data a caller sees. */
export interface FieldPolicy {
  readonly bodies: Visibility;
  readonly addresses: AddressVisibility;
  readonly media: Visibility;
}

export type Visibility = 'SHOWN' | 'HIDDEN';
export type AddressVisibility = 'SHOWN' | 'LAST_FOUR' | 'PSEUDONYM' | 'HIDDEN';

export const SHOW_ALL: FieldPolicy = { bodies: 'SHOWN', addresses: 'SHOWN', media: 'SHOWN' };

export const VISIBILITIES: readonly Visibility[] = ['SHOWN', 'HIDDEN'];
export const ADDRESS_VISIBILITIES: readonly AddressVisibility[] = [
  'SHOWN',
  'LAST_FOUR',
  'PSEUDONYM',
  'HIDDEN',
];

/**
 * Reads a policy from a JWT's claim or a database row, e.g. `{"bodies":"HIDDEN","addresses":"LAST_FOUR"}`. What the policy
 * does not mention is shown; a value that this release does not know hides, and so does a policy that is not an object.
 */
export function readFieldPolicy(value: unknown): FieldPolicy {
  if (value === undefined || value === null) return SHOW_ALL;
  const fields: Record<string, unknown> =
    typeof value === 'object' && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : { bodies: '', addresses: '', media: '' };
  const read = <V extends AddressVisibility>(field: unknown, known: readonly V[]): V =>
    known.find((one) => one === (field === undefined ? 'SHOWN' : field)) ?? ('HIDDEN' as V);
  return {
    bodies: read(fields.bodies, VISIBILITIES),
    addresses: read(fields.addresses, ADDRESS_VISIBILITIES),
    media: read(fields.media, VISIBILITIES),
  };
}

/** Whether a policy hides or changes anything. */
export function isMasking({ bodies, addresses, media }: FieldPolicy): boolean {
  return bodies !== 'SHOWN' || addresses !== 'SHOWN' || media !== 'SHOWN';
}

const ADDRESS_TEXTS: Readonly<Record<AddressVisibility, string | null>> = {
  SHOWN: null,
  LAST_FOUR: 'the last four digits of addresses',
  PSEUDONYM: 'pseudonyms in place of addresses',
  HIDDEN: 'no addresses',
};

/** Says what a policy shows, for people: `everything`, or e.g. `no bodies, no media`. */
export function describeFieldPolicy({ bodies, addresses, media }: FieldPolicy): string {
  const texts = [
    bodies === 'SHOWN' ? null : 'no bodies',
    ADDRESS_TEXTS[addresses],
    media === 'SHOWN' ? null : 'no media',
  ];
  return texts.filter((text) => text !== null).join(', ') || 'everything';
}
