import { ADMIN_ERRORS } from './admin.ts';
import { CALLER_ERRORS } from './callers.ts';
import { CREDENTIAL_ERRORS } from './credentials.ts';
import { DOCUMENT_ERRORS } from './documents.ts';
import type { ErrorEntry } from './entry.ts';
import { HTTP_ERRORS } from './http.ts';
import { OPERATION_ERRORS } from './operations.ts';
import { READ_ERRORS } from './reads.ts';

/** Every error code that a client can see. */
export const ERRORS = {
  ...HTTP_ERRORS,
  ...CALLER_ERRORS,
  ...OPERATION_ERRORS,
  ...CREDENTIAL_ERRORS,
  ...READ_ERRORS,
  ...ADMIN_ERRORS,
  ...DOCUMENT_ERRORS,
};

export type ErrorCode = keyof typeof ERRORS;

/** Looks up a code. A code that is not in the catalogue comes from a library and means an invalid document. */
export function entryOf(code: unknown): ErrorEntry {
  return ERRORS[Object.hasOwn(ERRORS, String(code)) ? (code as ErrorCode) : 'GRAPHQL_VALIDATION_FAILED'];
}
