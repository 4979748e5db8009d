/** The field policy of an API key: the personal data that its holder sees. */
export interface Policy {
  readonly bodies: 'SHOWN' | 'HIDDEN';
  readonly addresses: 'SHOWN' | 'LAST_FOUR' | 'PSEUDONYM' | 'HIDDEN';
  readonly media: 'SHOWN' | 'HIDDEN';
}

export const SHOW_ALL: Policy = { bodies: 'SHOWN', addresses: 'SHOWN', media: 'SHOWN' };

export const VISIBILITIES = [
  ['SHOWN', 'Shown'],
  ['HIDDEN', 'Hidden'],
] as const;

export const ADDRESSES = [
  ['SHOWN', 'Shown in full'],
  ['LAST_FOUR', 'The last four digits'],
  ['PSEUDONYM', 'A pseudonym, the same for all messages of a number'],
  ['HIDDEN', 'Hidden'],
] as const;

const SHORT: Readonly<Record<string, string>> = {
  LAST_FOUR: 'last four digits',
  PSEUDONYM: 'pseudonyms',
  HIDDEN: 'no addresses',
};

/** E.g. `no bodies, last four digits`. The API's values may be ones that this console does not know. */
export function describePolicy(policy: { readonly [Part in keyof Policy]: string }): string {
  const parts = [
    policy.bodies === 'SHOWN' ? null : 'no bodies',
    policy.addresses === 'SHOWN' ? null : (SHORT[policy.addresses] ?? 'addresses in part'),
    policy.media === 'SHOWN' ? null : 'no media',
  ].filter((part) => part !== null);
  return parts.join(', ') || 'everything';
}
