import type { Role } from '../auth/caller.ts';
import { explainStoreError } from '../credentials/explain-store-error.ts';
import { ForbiddenError } from '../errors/callers.ts';

/** Who manages, as the audit names them. */
export interface Actor {
  readonly name: string;
  readonly role: Role;
  /** An address, or `cli`. */
  readonly origin: string | null;
}

/** @throws {ForbiddenError} for anyone but an ADMIN */
function requireAdmin(actor: Actor): void {
  if (actor.role !== 'ADMIN') throw new ForbiddenError(actor.name);
}

/** Does what only an ADMIN may do, with the store's errors put in words for the client. */
export async function asAdmin<T>(actor: Actor, work: () => Promise<T>): Promise<T> {
  requireAdmin(actor);
  try {
    return await work();
  } catch (error) {
    throw explainStoreError(error);
  }
}
