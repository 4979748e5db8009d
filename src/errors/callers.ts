import { GatewayError, type GatewayErrorOptions, quote } from './gateway-error.ts';

/** Works at any time, for whoever runs the gateway. */
const MAKE_ADMIN_KEY =
  'the command line of the gateway does: twilio-graphql-gateway api-key create --admin --name ops';

/** UNAUTHENTICATED: the request shows no key, and this gateway wants one. */
export class UnauthenticatedError extends GatewayError {
  constructor() {
    super(
      'UNAUTHENTICATED',
      `Authentication required. Send an API key in the header "Authorization: Bearer tgw_…". An administrator makes one; where no ADMIN key is left, ${MAKE_ADMIN_KEY}.`,
      { headers: { 'www-authenticate': 'Bearer' } },
    );
  }
}

/** API_KEY_INVALID: nobody was given this key. */
export class ApiKeyInvalidError extends GatewayError {
  constructor() {
    super(
      'API_KEY_INVALID',
      'This key is not known. Check that it was copied whole, after "Bearer ".',
      unauthorized(),
    );
  }
}

/** API_KEY_EXPIRED: the key was good until a date that has passed. */
export class ApiKeyExpiredError extends GatewayError {
  constructor(dateExpires: Date) {
    super(
      'API_KEY_EXPIRED',
      `This key expired on ${dateExpires.toISOString()}. An administrator makes a new one; where no ADMIN key is left, ${MAKE_ADMIN_KEY}.`,
      unauthorized(),
    );
  }
}

/** API_KEY_REVOKED: an administrator took the key back. */
export class ApiKeyRevokedError extends GatewayError {
  constructor() {
    super(
      'API_KEY_REVOKED',
      `This key was revoked. An administrator makes a new one; where no ADMIN key is left, ${MAKE_ADMIN_KEY}.`,
      unauthorized(),
    );
  }
}

/** TOKEN_INVALID: a JWT that is not of the issuer, not for this gateway, expired, or changed. */
export class TokenInvalidError extends GatewayError {
  /** For the log alone. */
  readonly reason: string;

  constructor(reason: string) {
    super(
      'TOKEN_INVALID',
      'This token was not accepted: it must be signed by the configured issuer, for this audience, and not be expired. Get a new one.',
      unauthorized(),
    );
    this.reason = reason;
  }
}

/** ISSUER_UNAVAILABLE: the token may be good, and the keys to tell cannot be fetched. */
export class IssuerUnavailableError extends GatewayError {
  constructor(retryAfter: number) {
    super(
      'ISSUER_UNAVAILABLE',
      `This token cannot be checked now, because its issuer does not answer. The token may be good: send it again in ${retryAfter} s.`,
      { extensions: { retryAfter }, headers: { 'retry-after': String(retryAfter) } },
    );
  }
}

/** FORBIDDEN: the caller is known, but this is for another role. */
export class ForbiddenError extends GatewayError {
  constructor(name: string) {
    super('FORBIDDEN', `Only an ADMIN may do this; ${quote(name)} is a READER. Use an ADMIN key.`);
  }
}

/** HOST_NOT_ALLOWED: a web page tried to reach a gateway that is open on this machine only. */
export class HostNotAllowedError extends GatewayError {
  constructor() {
    super(
      'HOST_NOT_ALLOWED',
      'Without keys this gateway answers only to localhost. Ask by that name, or make an ADMIN key first.',
    );
  }
}

/** PROXY_NOT_ALLOWED: a proxy passed a request on to a gateway that is open on this machine only. */
export class ProxyNotAllowedError extends GatewayError {
  constructor() {
    super(
      'PROXY_NOT_ALLOWED',
      'Without keys this gateway answers only programs on its own machine, and this request came through a proxy (Forwarded, X-Forwarded-*, X-Real-IP, Via or the like). Make an ADMIN key first: twilio-graphql-gateway api-key create --admin --name ops',
    );
  }
}

function unauthorized(): GatewayErrorOptions {
  return { headers: { 'www-authenticate': 'Bearer error="invalid_token"' } };
}
