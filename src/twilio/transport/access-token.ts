import { isTokenRejected } from '../errors.ts';
import type { ReadScope, Transport } from '../types.ts';
import { abortable } from './abortable.ts';

/** The access token of one credential. */
export interface TokenSource {
  /** A token that is valid now; a promise only where Twilio is asked for one. @throws {TwilioError} when Twilio gives none */
  get(): string | Promise<string>;
  /** Forgets a token Twilio did not accept; one that has been replaced meanwhile stays. */
  drop(token: string): void;
}

/** After a fresh token was rejected too, the token is not the reason; another request for one would be throttled. */
const TRUST_FRESH_TOKEN_MS = 30_000;

/** Sends a read with the credential's token. A token that Twilio rejects is replaced once. */
export function accessToken(
  next: Transport,
  tokens: TokenSource,
  now: () => number = () => performance.now(),
): Transport {
  let freshTokenRejectedAt = Number.NEGATIVE_INFINITY;

  function get({ signal }: ReadScope): string | Promise<string> {
    const token = tokens.get();
    return typeof token === 'string' ? token : abortable(token, signal);
  }

  return async (request, scope) => {
    const token = await get(scope);
    try {
      return await next({ ...request, token }, scope);
    } catch (error) {
      const trusted = !request.ownAccount || now() - freshTokenRejectedAt < TRUST_FRESH_TOKEN_MS;
      if (trusted || !isTokenRejected(error)) throw error;
    }
    tokens.drop(token);
    const fresh = await get(scope);
    try {
      return await next({ ...request, token: fresh }, scope);
    } catch (error) {
      if (isTokenRejected(error)) freshTokenRejectedAt = now();
      throw error;
    }
  };
}
