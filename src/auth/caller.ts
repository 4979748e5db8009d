import type { ApiKeyRole } from '../credentials/api-key.ts';
import type { Credential } from '../credentials/credential.ts';

export type Role = ApiKeyRole;

/** Somebody who may ask, before it is known which credentials there are. */
export interface Principal {
  /** Tells callers apart: equal only where the same key, token or way in was used. Holds no secret. */
  readonly id: string;
  /** An API key's name, a token's subject, or what stands in for either. */
  readonly name: string;
  readonly role: Role;
  /** Whether this credential is one of theirs. */
  mayUse(credential: Credential): boolean;
  /** The address the request came from; null in-process. */
  readonly origin: string | null;
}

/**
 * The key by which requests are counted and queued: an API key's own, and one for all tokens of a subject, which may
 * get a new one for each request.
 */
export function usageKeyOf({ id, name }: Pick<Principal, 'id' | 'name'>): string {
  return id.startsWith('token:') ? `subject:${name}` : id;
}

/** Who asks, and which credentials they may use. */
export interface Caller {
  readonly name: string;
  readonly role: Role;
  readonly origin: string | null;
  /** In the order of the store; the first is the default. */
  readonly credentials: readonly Credential[];
}
