import type { Role } from '../auth/caller.ts';
import { gatewayError } from '../errors/gateway-error.ts';
import { explainStoreError } from '../store/store-errors.ts';

/** The caller of an admin operation, as recorded in the audit log. */
export interface Actor {
  readonly name: string;
  readonly role: Role;
  /** An address, or `cli`. */
  readonly origin: string | null;
}

/** @throws {FORBIDDEN} unless the actor is an ADMIN */
function requireAdmin(actor: Actor): void {
  if (actor.role !== 'ADMIN') throw gatewayError('FORBIDDEN', actor.name);
}

/** Runs an ADMIN-only operation and maps errors of the store to errors for clients. @throws {FORBIDDEN} */
export async function asAdmin<T>(actor: Actor, work: () => Promise<T>): Promise<T> {
  requireAdmin(actor);
  try {
    return await work();
  } catch (error) {
    throw explainStoreError(error);
  }
}
