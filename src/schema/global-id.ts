import { BadUserInputError } from '../errors/input.ts';

/** Writes a Relay id: the type's name and what finds the thing again, as one opaque string. */
export function encodeGlobalId(typename: string, id: string): string {
  return Buffer.from(`${typename}:${id}`).toString('base64url');
}

/** @throws {BadUserInputError} for what can be no id of this API */
export function decodeGlobalId(globalId: string, argument = 'id'): { typename: string; id: string } {
  const text = Buffer.from(globalId, 'base64url').toString();
  const match = /^(Account|Subaccount|Message|Media|Credential|ApiKey):([\w:-]{1,200})$/.exec(text);
  if (!match) {
    throw new BadUserInputError(
      'This is not an id of this API. Use the "id" of something it returned; for a Twilio SID use the fields account(sid) and message(sid).',
      { argument },
    );
  }
  return { typename: match[1] ?? '', id: match[2] ?? '' };
}

const SID = { account: 'AC', message: '(?:SM|MM)', media: 'ME' } as const;

/** Takes the SIDs out of an id such as `AC…:SM…`. @throws {BadUserInputError} where one is malformed */
export function parseSids(id: string, ...kinds: readonly (keyof typeof SID)[]): string[] {
  const pattern = new RegExp(`^${kinds.map((kind) => `(${SID[kind]}[0-9a-fA-F]{32})`).join(':')}$`);
  const match = pattern.exec(id);
  if (!match)
    throw new BadUserInputError('This id is damaged. Use the "id" of something this API returned.', {
      argument: 'id',
    });
  return match.slice(1);
}

/** Takes the id of one type out of a global id. @throws {BadUserInputError} for the id of anything else */
export function parseId(typename: string, globalId: string, argument: string): string {
  const decoded = decodeGlobalId(globalId, argument);
  if (decoded.typename === typename) return decoded.id;
  throw new BadUserInputError(
    `This is the id of a ${decoded.typename}; the id of a ${typename} is wanted here.`,
    { argument },
  );
}
