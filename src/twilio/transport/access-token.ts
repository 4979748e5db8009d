import { isTokenRejected } from '../errors.ts';
import type { Transport } from '../types.ts';

/** The access token of one credential. */
export interface TokenSource {
  /** Returns a valid token; a promise only if it must be requested. @throws {TwilioError} when Twilio issues none */
  get(): string | Promise<string>;
  /** Drops a token that Twilio rejected; a token that has replaced it stays. */
  drop(token: string): void;
}

/** After a fresh token was rejected too, the token is not the reason, and another token request would be throttled. */
const TRUST_FRESH_TOKEN_MS = 30_000;

/** Sends a read with the credential's token. A rejected token is replaced once. */
export function accessToken(
  next: Transport,
  tokens: TokenSource,
  now: () => number = () => performance.now(),
): Transport {
  let freshTokenRejectedAt = Number.NEGATIVE_INFINITY;

  function get(signal: AbortSignal): string | Promise<string> {
    const token = tokens.get();
    return typeof token === 'string' ? token : abortable(token, signal);
  }

  return async (request, scope) => {
    const token = await get(scope.signal);
    try {
      return await next({ ...request, token }, scope);
    } catch (error) {
      const trusted = !request.ownAccount || now() - freshTokenRejectedAt < TRUST_FRESH_TOKEN_MS;
      if (trusted || !isTokenRejected(error)) throw error;
    }
    tokens.drop(token);
    const fresh = await get(scope.signal);
    try {
      return await next({ ...request, token: fresh }, scope);
    } catch (error) {
      if (isTokenRejected(error)) freshTokenRejectedAt = now();
      throw error;
    }
  };
}

/** Stops waiting when the signal aborts, with its reason. The token request continues: other reads may wait for it. */
function abortable<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason);
    if (signal.aborted) abort();
    else signal.addEventListener('abort', abort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}
