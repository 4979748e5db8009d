import { GatewayError } from '../errors/gateway-error.ts';

/** What to tell a person of an error. */
export interface Problem {
  readonly status: number;
  readonly message: string;
  /** The name of the field that is wrong; null where none is to blame. */
  readonly field: string | null;
}

const STATUS: Readonly<Record<string, number>> = {
  UNAUTHENTICATED: 401,
  FORBIDDEN: 403,
  NOT_FOUND: 404,
  NICKNAME_TAKEN: 409,
  READ_ONLY: 409,
  BAD_USER_INPUT: 422,
  ACCOUNT_MISMATCH: 422,
  CREDENTIAL_REFUSED: 422,
  TWILIO_PERMISSION_MISSING: 422,
  TWILIO_ERROR: 502,
  TWILIO_INVALID_RESPONSE: 502,
  TWILIO_RATE_LIMITED: 503,
  TWILIO_UNAVAILABLE: 503,
  STORE_UNAVAILABLE: 503,
  ENCRYPTION_KEY_MISSING: 503,
  REQUEST_TIMEOUT: 504,
};

/** @throws the error itself when it is not meant for people */
export function problemOf(error: unknown): Problem {
  if (!(error instanceof GatewayError)) throw error;
  const { code, argument } = error.extensions;
  return {
    status: STATUS[String(code)] ?? 500,
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
