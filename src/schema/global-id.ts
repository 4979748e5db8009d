import { BadUserInputError } from '../errors/input.ts';
import { resourceOfType } from '../twilio/resource.ts';

/** Writes a Relay id: the type's name and what finds the thing again, as one opaque string. */
export function encodeGlobalId(typename: string, id: string): string {
  return Buffer.from(`${typename}:${id}`).toString('base64url');
}

/** Longer than any id of ours, so that a huge one is not decoded. */
const MAX_LENGTH = 400;

/** What the gateway stores itself has ids of its own. */
const STORED_TYPES = new Set(['Credential', 'ApiKey']);
const STORED_ID = /^[\w:-]{1,200}$/;

/** What the ids of a type look like once they are decoded; undefined for what is no type with ids. */
function patternOf(typename: string): RegExp | undefined {
  return resourceOfType(typename)?.idPattern ?? (STORED_TYPES.has(typename) ? STORED_ID : undefined);
}

/** @throws {BadUserInputError} for what can be no id of this API */
export function decodeGlobalId(globalId: string, argument = 'id'): { typename: string; id: string } {
  const text = globalId.length > MAX_LENGTH ? '' : Buffer.from(globalId, 'base64url').toString();
  const colon = text.indexOf(':');
  const [typename, id] = [text.slice(0, colon), text.slice(colon + 1)];
  if (patternOf(typename)?.test(id)) return { typename, id };
  throw new BadUserInputError(
    'This is not an id of this API. Use the "id" of something it returned; for a Twilio SID use the fields account(sid) and message(sid).',
    { argument },
  );
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
