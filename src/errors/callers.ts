import { type ErrorEntry, field, quote, rejected } from './entry.ts';

/** The command works at any time for the operator of the gateway. */
const CREATE_ADMIN_KEY =
  'Without an ADMIN key, create one on the command line: npm run cli -- api-key create --admin --name ops';

const UNAUTHORIZED = { 'www-authenticate': 'Bearer error="invalid_token"' };

/** Errors of a request's API key or token, and of its way to a gateway without keys. */
export const CALLER_ERRORS = {
  API_KEY_EXPIRED: {
    ...rejected(401, 'caller'),
    when: 'The API key has expired.',
    action: 'Request a new key from an ADMIN.',
    build: (dateExpires: Date) => ({
      message: `This key expired on ${dateExpires.toISOString()}. An administrator creates a new one. ${CREATE_ADMIN_KEY}`,
      headers: UNAUTHORIZED,
    }),
  },
  API_KEY_INVALID: {
    ...rejected(401, 'caller'),
    when: 'No such API key exists.',
    action: 'Copy the whole key.',
    build: () => ({
      message: 'This key is unknown. Check that the complete key follows "Bearer ".',
      headers: UNAUTHORIZED,
    }),
  },
  API_KEY_REVOKED: {
    ...rejected(401, 'caller'),
    when: 'The API key was revoked.',
    action: 'Request a new key from an ADMIN.',
    build: () => ({
      message: `This key was revoked. An administrator creates a new one. ${CREATE_ADMIN_KEY}`,
      headers: UNAUTHORIZED,
    }),
  },
  FORBIDDEN: {
    ...field(403, 'caller'),
    when: 'The operation requires the role ADMIN.',
    action: 'Use an ADMIN key.',
    build: (name: string, reason: 'role' | 'consent' = 'role') =>
      reason === 'role'
        ? `Only an ADMIN may do this; ${quote(name)} is a READER. Use an ADMIN key.`
        : `This consent was started by another administrator than ${quote(name)}. Start again at /admin/credentials.`,
  },
  HOST_NOT_ALLOWED: {
    ...rejected(403, 'caller'),
    when: 'A gateway without keys receives a request whose `Host` is not this machine.',
    action: 'Use localhost, or make an ADMIN key.',
    build: () =>
      'Without keys this gateway accepts only requests to localhost. Use that name, or create an ADMIN key first.',
  },
  ISSUER_UNAVAILABLE: {
    ...rejected(503, 'caller'),
    when: 'A JWT cannot be verified, because its issuer has not responded for a day, has not responded since the start, or signed with a key that is not known yet.',
    action:
      'Send the same token again after `extensions.retryAfter` seconds. If the error persists, check OIDC_ISSUER.',
    build: (retryAfter: number) => ({
      message: `This token cannot be verified now, because its issuer does not respond. The token may be valid: send it again in ${retryAfter} s.`,
      extensions: { retryAfter },
      headers: { 'retry-after': String(retryAfter) },
    }),
  },
  PROXY_NOT_ALLOWED: {
    ...rejected(403, 'caller'),
    when: 'A gateway without keys receives a request from a proxy (`Forwarded`, `X-Forwarded-*`, `X-Real-IP`, `Via` or similar).',
    action: 'Make an ADMIN key first.',
    build: () =>
      'Without keys this gateway serves only programs on its own machine, but this request came through a proxy (Forwarded, X-Forwarded-*, X-Real-IP, Via or similar). Create an ADMIN key first: npm run cli -- api-key create --admin --name ops',
  },
  TOKEN_INVALID: {
    ...rejected(401, 'caller'),
    when: 'A JWT has expired, is not from the issuer, or is not for this gateway.',
    action: 'Get a new token.',
    /** @param cause for the log only */
    build: (cause: string) => ({
      message:
        'This token was rejected: it must be signed by the configured issuer for this audience, and must not be expired. Get a new one.',
      headers: UNAUTHORIZED,
      cause,
    }),
  },
  UNAUTHENTICATED: {
    ...rejected(401, 'caller'),
    when: 'The request has no key. The gateway requires one if its settings have one, or once an ADMIN key was made.',
    action: 'Send an API key. If no ADMIN key is left, make one with `api-key create --admin`.',
    build: () => ({
      message: `Authentication required. Send an API key in the header "Authorization: Bearer tgw_…". An administrator creates keys. ${CREATE_ADMIN_KEY}`,
      headers: { 'www-authenticate': 'Bearer' },
    }),
  },
} satisfies Record<string, ErrorEntry>;
