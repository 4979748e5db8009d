import { setTimeout as sleep } from 'node:timers/promises';
import type { JSONWebKeySet, JWTVerifyGetKey } from 'jose';
import { type GatewayError, gatewayError } from '../errors/gateway-error.ts';
import type { Logger } from '../log.ts';

export interface IssuerKeysOptions {
  issuer: string;
  log: Pick<Logger, 'info' | 'warn'>;
  now: () => number;
  /** Timeout of one request to the issuer. */
  timeoutMs: number;
  /** Called after the keys were fetched, because the issuer may have withdrawn one. */
  readonly onFetched?: (() => void) | undefined;
}

/** Older keys are still used, and are fetched again in the background. */
const FRESH_MS = 10 * 60 * 1000;
/** Keys are used for this long during an outage of the issuer; a withdrawn key is accepted no longer. */
const MAX_AGE_MS = 24 * 60 * 60 * 1000;
/** Pause after a failed attempt. */
const RETRY_MS = 5_000;
/** Pause between attempts caused by tokens with an unknown key, which a client can forge. */
const UNKNOWN_KEY_MS = 30_000;
/** How long a request waits for an attempt that is optional or will probably fail. */
const WAIT_MS = 500;

/**
 * Creates a function that finds the key of a token among the keys of an OIDC issuer, which are found by discovery and
 * cached. All requests share one fetch, and none waits for an issuer that is known to be down.
 *
 * @throws {ISSUER_UNAVAILABLE} when the key is not cached and the issuer does not respond
 * @see https://openid.net/specs/openid-connect-discovery-1_0.html
 */
export function createIssuerKeys({
  issuer,
  log,
  now,
  timeoutMs,
  onFetched = () => {},
}: IssuerKeysOptions): JWTVerifyGetKey {
  let known: { readonly find: JWTVerifyGetKey; readonly fetchedAt: number } | undefined;
  let jwksUri: URL | undefined;
  /** When the last attempt failed; undefined once one has succeeded. */
  let failedAt: number | undefined;
  let unknownKeyAt = Number.NEGATIVE_INFINITY;
  let running: Promise<void> | undefined;

  async function getJson(url: URL): Promise<unknown> {
    const response = await fetch(url, { signal: AbortSignal.timeout(timeoutMs), redirect: 'error' });
    if (!response.ok) throw new Error(`The OIDC issuer responded with HTTP ${response.status}`);
    return response.json();
  }

  async function discover(): Promise<URL> {
    const url = new URL(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`);
    const document = (await getJson(url)) as { issuer?: unknown; jwks_uri?: unknown };
    // A document of another issuer must not choose the keys of this one.
    if (document.issuer !== issuer) throw new Error('The OIDC discovery document names another issuer');
    const found = new URL(String(document.jwks_uri));
    if (found.protocol !== url.protocol && found.protocol !== 'https:') {
      throw new Error('The OIDC discovery document names a JWKS URL without TLS');
    }
    return found;
  }

  async function fetchKeys(): Promise<void> {
    const { createLocalJWKSet } = await import('jose');
    jwksUri ??= await discover();
    const set = (await getJson(jwksUri)) as JSONWebKeySet;
    const find = createLocalJWKSet(set);
    if (set.keys.length === 0) throw new Error('The OIDC issuer has no keys');
    known = { find, fetchedAt: now() };
    onFetched();
    if (failedAt !== undefined) log.info('the keys of the OIDC issuer were fetched again');
    failedAt = undefined;
  }

  /** Never rejects; the result is in `known` and `failedAt`. */
  function refresh(): Promise<void> {
    running ??= fetchKeys()
      .catch((err: unknown) => {
        if (failedAt === undefined) log.warn({ err }, 'the keys of the OIDC issuer could not be fetched');
        failedAt = now();
        // The JWKS may have moved.
        jwksUri = undefined;
      })
      .finally(() => {
        running = undefined;
      });
    return running;
  }

  const briefly = (done: Promise<void> | undefined) =>
    Promise.race([done, sleep(WAIT_MS, undefined, { ref: false })]);

  function ageOf(keys: typeof known): number {
    return keys ? now() - keys.fetchedAt : Number.POSITIVE_INFINITY;
  }

  const mayFetch = () => running !== undefined || failedAt === undefined || now() - failedAt >= RETRY_MS;

  function unavailable(): GatewayError {
    const waitMs = failedAt === undefined ? 0 : failedAt + RETRY_MS - now();
    return gatewayError('ISSUER_UNAVAILABLE', Math.max(1, Math.ceil(waitMs / 1_000)));
  }

  async function currentKeys(): Promise<JWTVerifyGetKey> {
    if (ageOf(known) >= FRESH_MS && mayFetch()) {
      const isDown = failedAt !== undefined;
      const isUsable = ageOf(known) < MAX_AGE_MS;
      const done = refresh();
      if (!isUsable && !isDown) await done;
      // A healthy issuer responds within this time, so that a withdrawn key is not accepted once more.
      else if (!isUsable || !isDown) await briefly(done);
    }
    if (!known || ageOf(known) >= MAX_AGE_MS) throw unavailable();
    return known.find;
  }

  return async (header, token) => {
    const { errors } = await import('jose');
    const find = await currentKeys();
    try {
      return await find(header, token);
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey)) throw error;
      // The issuer has a new key, or the token is forged.
      const isDown = failedAt !== undefined;
      if (!running && mayFetch() && now() - unknownKeyAt >= UNKNOWN_KEY_MS) {
        unknownKeyAt = now();
        void refresh();
      }
      await (isDown ? briefly(running) : running);
      if (failedAt !== undefined || !known) throw unavailable();
      return known.find(header, token);
    }
  };
}
