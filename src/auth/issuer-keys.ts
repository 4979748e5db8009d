import { setTimeout as sleep } from 'node:timers/promises';
import type { JSONWebKeySet, JWTVerifyGetKey } from 'jose';
import { IssuerUnavailableError } from '../errors/callers.ts';
import type { Logger } from '../log.ts';

export interface IssuerKeysOptions {
  issuer: string;
  log: Pick<Logger, 'info' | 'warn'>;
  now: () => number;
  /** For one request to the issuer. */
  timeoutMs: number;
  /** Called when keys were fetched: one of the keys before may be withdrawn. */
  readonly onFetched?: (() => void) | undefined;
}

/** Older keys are used still, and fetched again in the background. */
const FRESH_MS = 10 * 60 * 1000;
/** An outage of the issuer's lasts hours at most; a key it has withdrawn meanwhile is accepted no longer than this. */
const KEEP_MS = 24 * 60 * 60 * 1000;
/** Between failed attempts. */
const RETRY_MS = 5_000;
/** Between attempts that tokens with an unknown key bring about: whoever makes one up gets no more than this. */
const UNKNOWN_KEY_MS = 30_000;
/** How long a request waits for an attempt whose result it can do without, or that will probably fail. */
const WAIT_MS = 500;

/**
 * Finds the key that signed a token among those of an OIDC issuer, which are found by discovery and cached. All
 * requests share one fetch, and none waits for an issuer that is known to be down.
 *
 * @throws {IssuerUnavailableError} when no keys are known, or none of this name and the issuer cannot be asked
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
    if (!response.ok) throw new Error(`The OIDC issuer answered HTTP ${response.status}`);
    return response.json();
  }

  async function discover(): Promise<URL> {
    const url = new URL(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`);
    const document = (await getJson(url)) as { issuer?: unknown; jwks_uri?: unknown };
    // A document that speaks for another issuer must not choose the keys for this one.
    if (document.issuer !== issuer) throw new Error('The OIDC discovery names another issuer');
    const found = new URL(String(document.jwks_uri));
    if (found.protocol !== url.protocol && found.protocol !== 'https:') {
      throw new Error('The OIDC discovery names keys that travel in the clear');
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

  /** Never rejects: what came of it is in `known` and `failedAt`. */
  function refresh(): Promise<void> {
    running ??= fetchKeys()
      .catch((err: unknown) => {
        if (failedAt === undefined) log.warn({ err }, 'the keys of the OIDC issuer could not be fetched');
        failedAt = now();
        // It may have moved.
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

  const mayAsk = () => running !== undefined || failedAt === undefined || now() - failedAt >= RETRY_MS;

  function unavailable(): IssuerUnavailableError {
    const waitMs = failedAt === undefined ? 0 : failedAt + RETRY_MS - now();
    return new IssuerUnavailableError(Math.max(1, Math.ceil(waitMs / 1_000)));
  }

  async function currentKeys(): Promise<JWTVerifyGetKey> {
    if (ageOf(known) >= FRESH_MS && mayAsk()) {
      const isDown = failedAt !== undefined;
      const isUsable = ageOf(known) < KEEP_MS;
      const done = refresh();
      if (!isUsable && !isDown) await done;
      // A healthy issuer answers in this time, and then a key that it has withdrawn is not accepted once more.
      else if (!isUsable || !isDown) await briefly(done);
    }
    if (!known || ageOf(known) >= KEEP_MS) throw unavailable();
    return known.find;
  }

  return async (header, token) => {
    const { errors } = await import('jose');
    const find = await currentKeys();
    try {
      return await find(header, token);
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey)) throw error;
      // The issuer has a new key, or somebody made one up.
      const isDown = failedAt !== undefined;
      if (!running && mayAsk() && now() - unknownKeyAt >= UNKNOWN_KEY_MS) {
        unknownKeyAt = now();
        void refresh();
      }
      await (isDown ? briefly(running) : running);
      if (failedAt !== undefined || !known) throw unavailable();
      return known.find(header, token);
    }
  };
}
