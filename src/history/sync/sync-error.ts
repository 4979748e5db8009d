import {
  isBadPageToken,
  isNotAllowed,
  isSecretRejected,
  isThrottled,
  TwilioError,
  TwilioResponseError,
} from '../../twilio/errors.ts';

/** Why a slice could not be read. */
export interface SyncFailure {
  /** For a person; without phone numbers, texts and tokens. */
  readonly reason: string;
  /** Whether all reads of the account fail for the same reason. */
  readonly isAccountWide: boolean;
  /** Whether only a person can remove the cause. */
  readonly lasting: boolean;
  /** Seconds, as Twilio says. */
  readonly retryAfter: number | null;
}

/** Explains an error of a read; null for an error that is not about Twilio. */
export function explainSyncError(error: unknown): SyncFailure | null {
  if (error instanceof TwilioResponseError) {
    return failure("Twilio's response could not be read: it does not match Twilio's API.");
  }
  if (!(error instanceof TwilioError)) return null;
  const { code, status, retryAfter } = error;
  const named = code === null ? `HTTP status ${status}` : `code ${code}`;
  if (isSecretRejected(error)) {
    return failure(`Twilio rejects the client secret of the credential (${named}).`, ACCOUNT, LASTING);
  }
  if (isNotAllowed(error)) {
    return failure(`The credential may not list messages (${named}).`, ACCOUNT, LASTING);
  }
  if (isThrottled(error)) {
    return { ...failure(`Twilio limits the calls (${named}).`, ACCOUNT), retryAfter };
  }
  if (status === 0) return { ...failure('Twilio could not be reached.', ACCOUNT), retryAfter };
  if (isBadPageToken(error)) return failure(`Twilio rejects its own page token (${named}).`);
  return { ...failure(`Twilio rejects the call (${named}).`), retryAfter };
}

const ACCOUNT = { isAccountWide: true };
const LASTING = { lasting: true };

function failure(reason: string, ...more: Partial<SyncFailure>[]): SyncFailure {
  return Object.assign({ reason, isAccountWide: false, lasting: false, retryAfter: null }, ...more);
}
