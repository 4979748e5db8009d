import { ADDRESS_VISIBILITIES, type FieldPolicy, VISIBILITIES } from '../policy/field-policy.ts';
import type { Options } from './command.ts';
import { usageError } from './command-errors.ts';

const CHOICES = { bodies: VISIBILITIES, addresses: ADDRESS_VISIBILITIES, media: VISIBILITIES };

/** The options of a command that sets what an API key sees of personal data. */
export const FIELD_POLICY_OPTIONS = {
  bodies: { value: 'VISIBILITY', about: `What it sees of bodies: ${choices('bodies')}.` },
  addresses: { value: 'VISIBILITY', about: `What it sees of phone numbers: ${choices('addresses')}.` },
  media: { value: 'VISIBILITY', about: `What it sees of media: ${choices('media')}.` },
} as const satisfies Options;

/**
 * Changes a policy by the options that are given.
 *
 * @returns undefined if none is
 * @throws {CommandError} USAGE for an unknown visibility
 */
export function changeFieldPolicy(
  policy: FieldPolicy,
  given: Readonly<Record<keyof FieldPolicy, string | undefined>>,
): FieldPolicy | undefined {
  const names = (['bodies', 'addresses', 'media'] as const).filter((name) => given[name] !== undefined);
  if (names.length === 0) return undefined;
  return {
    ...policy,
    ...Object.fromEntries(names.map((name) => [name, visibility(name, given[name] ?? '')])),
  };
}

function visibility(name: keyof FieldPolicy, text: string): string {
  const found = CHOICES[name].find((one) => nameOf(one) === text.toLowerCase());
  if (found) return found;
  throw usageError(`--${name} takes ${choices(name)}.`, `--${name}`);
}

function choices(name: keyof FieldPolicy): string {
  const names = CHOICES[name].map(nameOf);
  return `${names.slice(0, -1).join(', ')} or ${names.at(-1)}`;
}

/** E.g. `last-four` for `LAST_FOUR`. */
function nameOf(visibility: string): string {
  return visibility.toLowerCase().replace('_', '-');
}
