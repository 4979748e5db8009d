import { GatewayError, type GatewayErrorOptions, quote } from './gateway-error.ts';

/** The command works at any time for the operator of the gateway. */
const CREATE_ADMIN_KEY =
  'Without an ADMIN key, create one on the command line: npm run cli -- api-key create --admin --name ops';

/** UNAUTHENTICATED: the request has no key, and this gateway requires one. */
export class UnauthenticatedError extends GatewayError {
  constructor() {
    super(
      'UNAUTHENTICATED',
      `Authentication required. Send an API key in the header "Authorization: Bearer tgw_…". An administrator creates keys. ${CREATE_ADMIN_KEY}`,
      { headers: { 'www-authenticate': 'Bearer' } },
    );
  }
}

/** API_KEY_INVALID: the key does not exist. */
export class ApiKeyInvalidError extends GatewayError {
  constructor() {
    super(
      'API_KEY_INVALID',
      'This key is unknown. Check that the complete key follows "Bearer ".',
      unauthorized(),
    );
  }
}

/** API_KEY_EXPIRED: the key's expiry date has passed. */
export class ApiKeyExpiredError extends GatewayError {
  constructor(dateExpires: Date) {
    super(
      'API_KEY_EXPIRED',
      `This key expired on ${dateExpires.toISOString()}. An administrator creates a new one. ${CREATE_ADMIN_KEY}`,
      unauthorized(),
    );
  }
}

/** API_KEY_REVOKED: an administrator revoked the key. */
export class ApiKeyRevokedError extends GatewayError {
  constructor() {
    super(
      'API_KEY_REVOKED',
      `This key was revoked. An administrator creates a new one. ${CREATE_ADMIN_KEY}`,
      unauthorized(),
    );
  }
}

/** TOKEN_INVALID: a JWT of another issuer or for another audience, or one that expired or was modified. */
export class TokenInvalidError extends GatewayError {
  /** For the log only. */
  readonly reason: string;

  constructor(reason: string) {
    super(
      'TOKEN_INVALID',
      'This token was rejected: it must be signed by the configured issuer for this audience, and must not be expired. Get a new one.',
      unauthorized(),
    );
    this.reason = reason;
  }
}

/** ISSUER_UNAVAILABLE: the token may be valid, but the keys to verify it cannot be fetched. */
export class IssuerUnavailableError extends GatewayError {
  constructor(retryAfter: number) {
    super(
      'ISSUER_UNAVAILABLE',
      `This token cannot be verified now, because its issuer does not respond. The token may be valid: send it again in ${retryAfter} s.`,
      { extensions: { retryAfter }, headers: { 'retry-after': String(retryAfter) } },
    );
  }
}

/** FORBIDDEN: the caller does not have the required role. */
export class ForbiddenError extends GatewayError {
  constructor(name: string) {
    super('FORBIDDEN', `Only an ADMIN may do this; ${quote(name)} is a READER. Use an ADMIN key.`);
  }
}

/** HOST_NOT_ALLOWED: the Host header of a request to a gateway without keys does not name localhost. */
export class HostNotAllowedError extends GatewayError {
  constructor() {
    super(
      'HOST_NOT_ALLOWED',
      'Without keys this gateway accepts only requests to localhost. Use that name, or create an ADMIN key first.',
    );
  }
}

/** PROXY_NOT_ALLOWED: a proxy forwarded a request to a gateway without keys, which is open on its own machine only. */
export class ProxyNotAllowedError extends GatewayError {
  constructor() {
    super(
      'PROXY_NOT_ALLOWED',
      'Without keys this gateway serves only programs on its own machine, but this request came through a proxy (Forwarded, X-Forwarded-*, X-Real-IP, Via or similar). Create an ADMIN key first: npm run cli -- api-key create --admin --name ops',
    );
  }
}

function unauthorized(): GatewayErrorOptions {
  return { headers: { 'www-authenticate': 'Bearer error="invalid_token"' } };
}
