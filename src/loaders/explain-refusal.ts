import type { Role } from '../auth/caller.ts';
import { ConsentNeededError } from '../errors/consent.ts';
import {
  CredentialMissingError,
  CredentialRefusedError,
  PermissionMissingError,
} from '../errors/credentials.ts';
import { GatewayError } from '../errors/gateway-error.ts';
import { CursorInvalidError } from '../errors/input.ts';
import { UpstreamCallLimitError } from '../errors/limits.ts';
import {
  CredentialBusyError,
  InvalidResponseError,
  RateLimitedError,
  RequestAbortedError,
  ResponseTooLargeError,
  UnavailableError,
  UpstreamError,
} from '../errors/upstream.ts';
import type { Credential } from '../store/credential.ts';
import { explainStoreError } from '../store/explain-store-error.ts';
import {
  isBadPageToken,
  isNotAllowed,
  isNotFound,
  isThrottled,
  isUnavailable,
} from '../twilio/error-codes.ts';
import type { Permission } from '../twilio/resource.ts';
import { BulkheadFullError } from '../twilio/transport/bulkhead.ts';
import { CallBudgetError } from '../twilio/types.ts';
import { TwilioError, TwilioResponseError, TwilioResponseTooLargeError } from '../twilio-error.ts';

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
export function explainRefusal(error: unknown, attempt: ReadAttempt): unknown {
  if (error instanceof GatewayError) return error;
  if (error instanceof CallBudgetError) {
    return new UpstreamCallLimitError(attempt.credential.nickname, error.limit);
  }
  if (error instanceof BulkheadFullError) {
    return new CredentialBusyError(attempt.credential.nickname, error.limit);
  }
  if (error instanceof TwilioResponseTooLargeError) return new ResponseTooLargeError(error.limit);
  if (error instanceof TwilioResponseError) return new InvalidResponseError(error.message);
  if (error instanceof DOMException && error.name === 'AbortError') return new RequestAbortedError();
  if (error instanceof DOMException && error.name === 'TimeoutError') return new UnavailableError();
  if (!(error instanceof TwilioError)) return explainStoreError(error);

  const { credential, accountSid, permission } = attempt;
  const { code, status } = error;
  if (isThrottled(error)) return new RateLimitedError(error);
  if (isUnavailable(error)) return new UnavailableError(error);
  if (status < 400) return new InvalidResponseError(`HTTP ${status}; redirects are not followed`);
  if (error.source === 'oauth') {
    const byConsent = credential.kind === 'authorization_code';
    return new (byConsent ? ConsentNeededError : CredentialRefusedError)(credential.nickname, error);
  }
  const refused = isNotAllowed(error);
  if (accountSid !== credential.accountSid && (refused || isNotFound(error))) {
    return new CredentialMissingError(accountSid, credential.nickname, attempt.role ?? 'ADMIN', error);
  }
  if (code === 70051) {
    return new PermissionMissingError(
      credential.nickname,
      missingPermission(error) ?? permission.twilioName,
      error,
    );
  }
  if (refused) return new CredentialRefusedError(credential.nickname, error);
  // Without a cursor, the page token came from a response of the same request, so it is not the client's error.
  if (attempt.cursorIn && isBadPageToken(error))
    return new CursorInvalidError(attempt.cursorIn, 'is no longer accepted by Twilio');
  return new UpstreamError(error);
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
