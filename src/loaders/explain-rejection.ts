import type { Role } from '../auth/caller.ts';
import { GatewayError, gatewayError } from '../errors/gateway-error.ts';
import type { Credential } from '../store/records.ts';
import { explainStoreError } from '../store/store-errors.ts';
import {
  isBadPageToken,
  isNotAllowed,
  isNotFound,
  isThrottled,
  isUnavailable,
  TwilioError,
  TwilioResponseError,
  TwilioResponseTooLargeError,
} from '../twilio/errors.ts';
import type { Permission } from '../twilio/resource.ts';
import { BulkheadFullError } from '../twilio/transport/bulkhead.ts';
import { CallBudgetError } from '../twilio/transport/call-budget.ts';

/** The read that failed. */
export interface ReadAttempt {
  readonly credential: Pick<Credential, 'nickname' | 'accountSid' | 'kind'>;
  /** The caller's role, which decides the advice in errors. @default 'ADMIN' */
  readonly role?: Role | undefined;
  /** The account in the path. */
  readonly accountSid: string;
  readonly permission: Permission;
  /** The argument that holds the cursor, in a read that has one. */
  readonly cursorIn?: 'after' | 'before' | undefined;
}

/** Describes a read except for its permission. @param accountSid @default the credential's own account */
export type Attempt = (accountSid?: string) => Omit<ReadAttempt, 'permission' | 'cursorIn'>;

/** Turns an error of a read into the error the client sees; an unknown error is returned unchanged. */
export function explainRejection(error: unknown, attempt: ReadAttempt): unknown {
  if (error instanceof GatewayError) return error;
  const { credential, accountSid, permission } = attempt;
  const { nickname } = credential;
  if (error instanceof CallBudgetError) {
    return gatewayError('UPSTREAM_CALL_LIMIT', nickname, error.limit);
  }
  if (error instanceof BulkheadFullError) {
    return gatewayError('TWILIO_UNAVAILABLE', undefined, { nickname, limit: error.limit });
  }
  if (error instanceof TwilioResponseTooLargeError)
    return gatewayError('TWILIO_RESPONSE_TOO_LARGE', error.limit);
  if (error instanceof TwilioResponseError) return gatewayError('TWILIO_INVALID_RESPONSE', error.message);
  if (error instanceof DOMException && error.name === 'AbortError') return gatewayError('REQUEST_ABORTED');
  if (error instanceof DOMException && error.name === 'TimeoutError')
    return gatewayError('TWILIO_UNAVAILABLE');
  if (!(error instanceof TwilioError)) return explainStoreError(error);

  const { code, status } = error;
  if (isThrottled(error)) return gatewayError('TWILIO_RATE_LIMITED', error);
  if (isUnavailable(error)) return gatewayError('TWILIO_UNAVAILABLE', error);
  if (status < 400)
    return gatewayError('TWILIO_INVALID_RESPONSE', `HTTP ${status}; redirects are not followed`);
  if (error.source === 'oauth') return gatewayError('CREDENTIAL_REFUSED', nickname, credential.kind, error);
  const refused = isNotAllowed(error);
  if (accountSid !== credential.accountSid && (refused || isNotFound(error))) {
    return gatewayError('CREDENTIAL_MISSING', attempt.role ?? 'ADMIN', {
      accountSid,
      nickname,
      cause: error,
    });
  }
  if (code === 70051) {
    const missing = missingPermission(error) ?? permission.twilioName;
    return gatewayError('TWILIO_PERMISSION_MISSING', nickname, missing, error);
  }
  if (refused) return gatewayError('CREDENTIAL_REFUSED', nickname, 'client_credentials', error);
  // Without a cursor, the page token came from a response of the same request, so it is not the client's error.
  if (attempt.cursorIn && isBadPageToken(error))
    return gatewayError('CURSOR_INVALID', attempt.cursorIn, 'is no longer accepted by Twilio');
  return gatewayError('TWILIO_ERROR', error);
}

/** Reads the permission from Twilio's message, which names it without the leading slash. */
function missingPermission(error: TwilioError): string | null {
  const name = /permission \/?(twilio(?:\/[\w-]{1,64}){1,8})(?![\w/-])/.exec(error.message)?.[1];
  return name ? `/${name}` : null;
}

/** Turns any thrown value into an Error, which DataLoader needs in place of a failed key's value. */
export function asError(error: unknown): Error {
  return error instanceof Error
    ? error
    : new Error('A value that is not an Error was thrown', { cause: error });
}
