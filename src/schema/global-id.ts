import { gatewayError } from '../errors/gateway-error.ts';
import { resourceOfType } from '../twilio/resource.ts';

/** Encodes a Relay id: the type's name and the id within the type, as one opaque string. */
export function encodeGlobalId(typename: string, id: string): string {
  return Buffer.from(`${typename}:${id}`).toString('base64url');
}

/** Longer than any id of this API, the longest of which name a person and fifty accounts; a longer one is not decoded. */
const MAX_LENGTH = 4_096;

/** Types that the gateway stores itself; their ids are not SIDs. */
const STORED_TYPES = new Set(['Credential', 'ApiKey']);
const STORED_ID = /^[\w:-]{1,200}$/;

/** The text that is sealed in a thread's id is checked when it is opened. */
const THREAD_ID = /^[\w-]{40,3000}$/;

/** Returns the pattern of a type's decoded ids; undefined for a type without ids. */
function patternOf(typename: string): RegExp | undefined {
  if (typename === 'Thread') return THREAD_ID;
  return resourceOfType(typename)?.idPattern ?? (STORED_TYPES.has(typename) ? STORED_ID : undefined);
}

/** Decodes a global id. @throws {BAD_USER_INPUT} for anything but an id of this API */
export function decodeGlobalId(globalId: string, argument = 'id'): { typename: string; id: string } {
  const text = globalId.length > MAX_LENGTH ? '' : Buffer.from(globalId, 'base64url').toString();
  const colon = text.indexOf(':');
  const [typename, id] = [text.slice(0, colon), text.slice(colon + 1)];
  if (patternOf(typename)?.test(id)) return { typename, id };
  throw gatewayError(
    'BAD_USER_INPUT',
    'This is not an id of this API. Use an "id" that it returned; for a Twilio SID use the fields account(sid) and message(sid).',
    argument,
  );
}

/** Decodes a global id of one type. @throws {BAD_USER_INPUT} for the id of another type */
export function parseId(typename: string, globalId: string, argument: string): string {
  const decoded = decodeGlobalId(globalId, argument);
  if (decoded.typename === typename) return decoded.id;
  throw gatewayError(
    'BAD_USER_INPUT',
    `This is the id of a ${decoded.typename}; the id of a ${typename} is required.`,
    argument,
  );
}
