import { GatewayError } from '../errors/gateway-error.ts';

/** What to tell a person of an error. */
export interface Problem {
  readonly status: number;
  readonly message: string;
  /** The name of the field that is wrong; null where none is to blame. */
  readonly field: string | null;
}

/** Of errors that bring no status of their own: in GraphQL they stand beside data, with 200. */
const STATUS: Readonly<Record<string, number>> = {
  REQUEST_ABORTED: 400,
  FORBIDDEN: 403,
  CREDENTIAL_UNKNOWN: 404,
  NOT_FOUND: 404,
  NICKNAME_TAKEN: 409,
  READ_ONLY: 409,
  CONSENT_EXPIRED: 410,
  ACCOUNT_MISMATCH: 422,
  BAD_USER_INPUT: 422,
  CONSENT_DENIED: 422,
  CONSENT_FAILED: 422,
  CREDENTIAL_MISSING: 422,
  CREDENTIAL_REFUSED: 422,
  CURSOR_INVALID: 422,
  MESSAGE_HISTORY_LIMIT: 422,
  RESPONSE_TOO_LARGE: 422,
  SCAN_LIMIT_REACHED: 422,
  TWILIO_PERMISSION_MISSING: 422,
  TWILIO_ERROR: 502,
  TWILIO_INVALID_RESPONSE: 502,
  TWILIO_RESPONSE_TOO_LARGE: 502,
  ENCRYPTION_KEY_MISSING: 503,
  SECRET_UNREADABLE: 503,
  STORE_UNAVAILABLE: 503,
  TWILIO_RATE_LIMITED: 503,
  TWILIO_UNAVAILABLE: 503,
  UPSTREAM_CALL_LIMIT: 503,
  REQUEST_TIMEOUT: 504,
};

/** @throws the error itself when it is not meant for people */
export function problemOf(error: unknown): Problem {
  if (!(error instanceof GatewayError)) throw error;
  const { code, argument, http } = error.extensions as Record<string, unknown> & {
    http?: { readonly status: number };
  };
  return {
    status: http?.status ?? STATUS[String(code)] ?? 500,
    message: error.message,
    field: typeof argument === 'string' ? argument : null,
  };
}

/** Tries something: its value, or what to tell a person of why not. */
export async function attempt<T>(
  work: () => Promise<T>,
): Promise<{ problem: Problem; value?: never } | { problem: null; value: T }> {
  try {
    return { problem: null, value: await work() };
  } catch (error) {
    return { problem: problemOf(error) };
  }
}
