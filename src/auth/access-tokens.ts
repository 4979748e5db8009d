import { TwilioError } from '../twilio-error.ts';
import type { AccessToken } from './oauth.ts';

/** The access token of one credential. */
export interface AccessTokens {
  /** A token that is valid now; a promise only where Twilio is asked for one. @throws {TwilioError} when Twilio refuses to give one. */
  get(): string | Promise<string>;
  /** Forgets a token Twilio did not accept; one that has been replaced meanwhile stays. */
  drop(token: string): void;
}

/** A token is renewed in the background once this little of its life is left, or a tenth of it if less. */
const RENEW_BEFORE_MS = 60_000;

/** After an early renewal was begun, the next waits this long: a refused one must not be repeated by every read. */
const RENEW_PAUSE_MS = 5_000;

/** After a failed request the same error is given out for so long; each further failure doubles it. */
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = { refused: 60_000, unreachable: 5_000 };

/** A token is used at least so long, whatever is said of its life: one per read would be a storm. */
const SHORTEST_LIFE_MS = 5_000;

/**
 * Holds one token and asks for the next in time. Twilio throttles token requests per OAuth app, so any
 * number of callers share one request, a refused one is not repeated at once, and a running renewal never
 * keeps back a token that is still valid.
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
        const asked = error instanceof TwilioError ? (error.retryAfter ?? 0) * 1000 : 0;
        const pauseMs = Math.min(longest, Math.max(asked, (failure?.pauseMs ?? FIRST_PAUSE_MS / 2) * 2));
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
          // A failed early renewal costs nothing yet: a later caller tries again, this one has a token.
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

/** The same error, and when asking again may help. */
function withPause(error: unknown, pauseMs: number): unknown {
  if (!(error instanceof TwilioError)) return error;
  const { message, source, code, status, moreInfo, requestId, cause } = error;
  const retryAfter = Math.ceil(pauseMs / 1000);
  return new TwilioError(message, { source, code, status, moreInfo, requestId, retryAfter }, { cause });
}

function isRefusal(error: unknown): boolean {
  return error instanceof TwilioError && error.status >= 400 && error.status < 500;
}
