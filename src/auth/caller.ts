import type { FieldPolicy } from '../policy/field-policy.ts';
import type { ApiKeyRole, Credential } from '../store/records.ts';

export type Role = ApiKeyRole;

/** An authenticated caller, before the credentials are read from the store. */
export interface Principal {
  /** Identifies the principal: equal for requests with the same key, token or login. Contains no secret. */
  readonly id: string;
  /** An API key's name, a token's subject, or `local` or `GATEWAY_ADMIN_KEY`. */
  readonly name: string;
  readonly role: Role;
  /** Decides which personal data the principal sees. */
  readonly fieldPolicy: FieldPolicy;
  /** Whether the principal may use this credential. */
  mayUse(credential: Credential): boolean;
  /** The client's address; null in-process. */
  readonly origin: string | null;
}

/**
 * The key by which requests are counted and queued: an API key's own, and one for all tokens of a subject, which may
 * get a new one for each request.
 */
export function usageKeyOf({ id, name }: Pick<Principal, 'id' | 'name'>): string {
  return id.startsWith('token:') ? `subject:${name}` : id;
}

const API_KEY = 'key:';

export const principalIdOf = (apiKeyId: string): string => API_KEY + apiKeyId;

/** Returns the id of the principal's API key; undefined for a JWT, or a key from the settings. */
export function apiKeyIdOf({ id }: Pick<Principal, 'id'>): string | undefined {
  return id.startsWith(API_KEY) ? id.slice(API_KEY.length) : undefined;
}

/** The principal of a request, with the credentials it may use. */
export interface Caller {
  readonly name: string;
  readonly role: Role;
  readonly fieldPolicy: FieldPolicy;
  readonly origin: string | null;
  /** In the order of the store; the first is the default. */
  readonly credentials: readonly Credential[];
}
