import { GatewayError, gatewayError } from '../errors/gateway-error.ts';
import type { Logger } from '../log.ts';
import { SHOW_ALL } from '../policy/field-policy.ts';
import type { ApiKeyStore, GatewayStore } from '../store/store.ts';
import { hashToken, isApiToken, isSameToken } from './api-token.ts';
import { type Principal, principalIdOf } from './caller.ts';
import type { VerifyJwt } from './oidc.ts';

export interface CallersOptions {
  store: ApiKeyStore & Pick<GatewayStore, 'onChange'>;
  /** A first ADMIN key, from the settings. */
  adminKey?: string | undefined;
  verifyJwt?: VerifyJwt | undefined;
  /**
   * The gateway listens on loopback only: until the first ADMIN key is made, and without an admin key or an issuer in
   * the settings, every caller is an administrator.
   */
  loopbackOnly: boolean;
  log: Logger;
  now?: () => number;
}

export interface Callers {
  /**
   * Turns an Authorization header into a principal.
   *
   * @throws {UNAUTHENTICATED} without a key, where one is required
   * @throws {API_KEY_INVALID} {API_KEY_REVOKED} {API_KEY_EXPIRED} {TOKEN_INVALID}
   * @throws {ISSUER_UNAVAILABLE} for a token that cannot be verified now
   */
  identify(authorization: string | null, origin: string | null): Promise<Principal>;
  /**
   * Turns a key's SHA-256 into a principal: for page sessions, which must not hold the key itself.
   *
   * @throws {API_KEY_INVALID} {API_KEY_REVOKED} {API_KEY_EXPIRED}
   */
  identifyHash(keyHash: string, origin: string | null): Promise<Principal>;
  /** Whether requests without a key are accepted. */
  isOpen(): Promise<boolean>;
  /** Stores the pending "last used" dates of keys. */
  close(): Promise<void>;
}

/** Interval for storing "last used" dates, which help to find unused keys: half a minute is exact enough. */
const TOUCH_EVERY_MS = 30_000;

/** Lifetime of the cached result of {@link Callers.isOpen}. */
const OPEN_FOR_MS = 1_000;

export function createCallers(options: CallersOptions): Callers {
  const { store, adminKey, verifyJwt, log, now = Date.now } = options;
  let lastUsed = new Map<string, Date>();

  const timer = setInterval(() => void flush(), TOUCH_EVERY_MS);
  timer.unref();

  async function flush(): Promise<void> {
    if (lastUsed.size === 0) return;
    const batch = lastUsed;
    lastUsed = new Map();
    await store.touchApiKeys(batch).catch((error) => {
      log.warn({ err: error }, 'the last use of API keys could not be stored');
    });
  }

  // Every request needs this value from the database: cached until a key changes, at most for OPEN_FOR_MS.
  let open: { until: number; result: Promise<boolean> } | undefined;
  const stopWatching = store.onChange(() => {
    open = undefined;
  });

  async function isOpen(): Promise<boolean> {
    if (!options.loopbackOnly || adminKey || verifyJwt) return false;
    if (!open || open.until <= now()) {
      const result = store.hasHadAdminKey().then((had) => !had);
      open = { until: now() + OPEN_FOR_MS, result };
      result.catch(() => {
        open = undefined;
      });
    }
    return open.result;
  }

  async function byApiKey(hash: string, origin: string | null): Promise<Principal> {
    const key = await store.findApiKeyByHash(hash);
    if (!key)
      throw (await store.isApiKeyRevoked(hash))
        ? gatewayError('API_KEY_REVOKED')
        : gatewayError('API_KEY_INVALID');
    if (key.dateExpires && key.dateExpires.getTime() <= now())
      throw gatewayError('API_KEY_EXPIRED', key.dateExpires);
    lastUsed.set(key.id, new Date(now()));
    const allowed = new Set(key.credentialIds);
    const isAdmin = key.role === 'ADMIN';
    return {
      id: principalIdOf(key.id),
      name: key.name,
      role: key.role,
      origin,
      fieldPolicy: key.fieldPolicy,
      mayUse: ({ id }) => isAdmin || allowed.has(id),
    };
  }

  async function byJwt(verify: VerifyJwt, token: string, origin: string | null): Promise<Principal> {
    try {
      const { subject, role, nicknames, fieldPolicy } = await verify(token);
      return {
        id: `token:${hashToken(token)}`,
        name: subject,
        role,
        origin,
        fieldPolicy,
        mayUse: ({ nickname }) => role === 'ADMIN' || nicknames.has(nickname),
      };
    } catch (error) {
      if (error instanceof GatewayError) throw error;
      throw gatewayError('TOKEN_INVALID', error instanceof Error ? error.message : 'unknown');
    }
  }

  return {
    isOpen,
    async identify(authorization, origin) {
      const token = /^Bearer +(\S+)$/i.exec(authorization ?? '')?.[1];
      if (token && adminKey && isSameToken(token, adminKey)) return admin('GATEWAY_ADMIN_KEY', origin);
      if (token && isApiToken(token)) return byApiKey(hashToken(token), origin);
      if (token && verifyJwt) return byJwt(verifyJwt, token, origin);
      if (authorization) throw gatewayError('API_KEY_INVALID');
      if (await isOpen()) return admin('local', origin);
      throw gatewayError('UNAUTHENTICATED');
    },
    async identifyHash(keyHash, origin) {
      if (adminKey && isSameToken(keyHash, hashToken(adminKey))) return admin('GATEWAY_ADMIN_KEY', origin);
      return byApiKey(keyHash, origin);
    },
    async close() {
      clearInterval(timer);
      stopWatching();
      await flush();
    },
  };
}

/** Creates a principal with the role ADMIN, who sees everything. */
export function admin(name: string, origin: string | null): Principal {
  return { id: `admin:${name}`, name, role: 'ADMIN', origin, fieldPolicy: SHOW_ALL, mayUse: () => true };
}
