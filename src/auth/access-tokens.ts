import { TwilioError } from '../twilio/errors.ts';
import { SID_PREFIX, sidPattern } from '../twilio/sid.ts';
import type { AccessToken } from './oauth.ts';

/** The access token of one credential. */
export interface AccessTokens {
  /**
   * Returns a valid token; a promise only if it must be requested from Twilio.
   *
   * @throws {TwilioError} when Twilio refuses the credential or does not respond
   */
  get(): string | Promise<string>;
  /** Drops a token that Twilio rejected; does nothing if it was replaced meanwhile. */
  drop(token: string): void;
}

/** A token is renewed in the background when this much of its lifetime is left, or a tenth of it if that is less. */
const RENEW_BEFORE_MS = 60_000;

/** Pause between two early renewals, so that a failed one is not repeated by every read. */
const RENEW_PAUSE_MS = 5_000;

/** After a failed token request, callers get the same error during this pause; each further failure doubles it. */
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = { refused: 60_000, unreachable: 5_000 };

/** Minimum time a token is used, even if its stated lifetime is shorter, so that not every read requests a token. */
const SHORTEST_LIFE_MS = 5_000;

/**
 * Holds one token and renews it before it expires. Twilio throttles token requests per OAuth app, so all callers share
 * one request, a failed one is not repeated immediately, and callers never wait for a renewal while the current token
 * is valid.
 *
 * @see https://www.twilio.com/docs/api/errors/322401
 */
export function createAccessTokens(
  request: () => Promise<AccessToken>,
  now: () => number = Date.now,
): AccessTokens {
  let current: (AccessToken & { renewAt: number }) | undefined;
  let pending: Promise<AccessToken> | undefined;

  let failure: { error: unknown; pauseMs: number; until: number } | undefined;

  function renew(): Promise<AccessToken> {
    if (failure && now() < failure.until)
      return Promise.reject(withPause(failure.error, failure.until - now()));
    pending ??= request()
      .then((token) => {
        failure = undefined;
        const left = Math.max(SHORTEST_LIFE_MS, token.expiresAt - now());
        const expiresAt = now() + left;
        current = { ...token, expiresAt, renewAt: expiresAt - Math.min(RENEW_BEFORE_MS, left / 10) };
        return token;
      })
      .catch((error) => {
        const longest = isRefusal(error) ? LONGEST_PAUSE_MS.refused : LONGEST_PAUSE_MS.unreachable;
        const retryAfterMs = error instanceof TwilioError ? (error.retryAfter ?? 0) * 1000 : 0;
        const pauseMs = Math.min(
          longest,
          Math.max(retryAfterMs, (failure?.pauseMs ?? FIRST_PAUSE_MS / 2) * 2),
        );
        failure = { error, pauseMs, until: now() + pauseMs };
        throw error;
      })
      .finally(() => {
        pending = undefined;
      });
    return pending;
  }

  return {
    get() {
      const time = now();
      if (current && time < current.expiresAt) {
        const { value } = current;
        if (time >= current.renewAt) {
          // A failed early renewal is ignored: this caller has a valid token, and a later caller tries again.
          current.renewAt = time + RENEW_PAUSE_MS;
          renew().catch(() => {});
        }
        return value;
      }
      return renew().then(({ value }) => value);
    },
    drop(token) {
      if (current?.value === token) current = undefined;
    },
  };
}

/** Copies an error and sets the number of seconds after which to retry. */
function withPause(error: unknown, pauseMs: number): unknown {
  if (!(error instanceof TwilioError)) return error;
  const { message, source, code, status, moreInfo, requestId, cause } = error;
  const retryAfter = Math.ceil(pauseMs / 1000);
  return new TwilioError(message, { source, code, status, moreInfo, requestId, retryAfter }, { cause });
}

function isRefusal(error: unknown): boolean {
  return error instanceof TwilioError && error.status >= 400 && error.status < 500;
}

const ACCOUNT_CLAIM = new RegExp(`:account:(${sidPattern(SID_PREFIX.account)})$`);

/**
 * Reads the account of an access token from its `act.sub` claim (`trn:us1:iam:account:AC…`); null without the claim.
 * Twilio does not document the claim, so its absence means nothing. The signature is not checked, because the token
 * came directly from Twilio.
 */
export function accountOfToken(token: string): string | null {
  try {
    const payload: unknown = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
    const { act } = payload as { act?: { sub?: unknown } };
    return ACCOUNT_CLAIM.exec(String(act?.sub))?.[1] ?? null;
  } catch {
    return null;
  }
}
