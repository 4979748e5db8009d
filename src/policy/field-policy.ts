/** Decides how much of personal data a caller sees. */
export interface FieldPolicy {
  readonly bodies: Visibility;
  readonly addresses: AddressVisibility;
  readonly media: Visibility;
}

export type Visibility = 'SHOWN' | 'HIDDEN';
export type AddressVisibility = 'SHOWN' | 'LAST_FOUR' | 'PSEUDONYM' | 'HIDDEN';

export const SHOW_ALL: FieldPolicy = { bodies: 'SHOWN', addresses: 'SHOWN', media: 'SHOWN' };

const VISIBILITIES: readonly string[] = ['SHOWN', 'HIDDEN'] satisfies Visibility[];
const ADDRESS_VISIBILITIES: readonly string[] = [
  'SHOWN',
  'LAST_FOUR',
  'PSEUDONYM',
  'HIDDEN',
] satisfies AddressVisibility[];

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
  const read = <V extends string>(field: unknown, known: readonly string[]): V =>
    (field === undefined ? 'SHOWN' : known.includes(String(field)) ? String(field) : 'HIDDEN') as V;
  return {
    bodies: read<Visibility>(fields.bodies, VISIBILITIES),
    addresses: read<AddressVisibility>(fields.addresses, ADDRESS_VISIBILITIES),
    media: read<Visibility>(fields.media, VISIBILITIES),
  };
}

/** Whether a policy hides or changes anything. */
export function isMasking({ bodies, addresses, media }: FieldPolicy): boolean {
  return bodies !== 'SHOWN' || addresses !== 'SHOWN' || media !== 'SHOWN';
}
