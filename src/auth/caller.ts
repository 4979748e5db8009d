import type { ApiKeyRole } from '../credentials/api-key.ts';
import type { Credential } from '../credentials/credential.ts';

export type Role = ApiKeyRole;

/** An authenticated caller, before the credentials are read from the store. */
export interface Principal {
  /** Identifies the principal: equal for requests with the same key, token or login. Contains no secret. */
  readonly id: string;
  /** An API key's name, a token's subject, or `local` or `GATEWAY_ADMIN_KEY`. */
  readonly name: string;
  readonly role: Role;
  /** Whether the principal may use this credential. */
  mayUse(credential: Credential): boolean;
  /** The client's address; null in-process. */
  readonly origin: string | null;
}

/** The principal of a request, with the credentials it may use. */
export interface Caller {
  readonly name: string;
  readonly role: Role;
  readonly origin: string | null;
  /** In the order of the store; the first is the default. */
  readonly credentials: readonly Credential[];
}
