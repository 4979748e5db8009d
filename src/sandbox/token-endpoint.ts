import { type AccessTokens, signToken } from './access-tokens.ts';
import { TwilioError } from './errors.ts';
import type { FaultInjector } from './faults.ts';
import type { Grants, Redeemed } from './grants.ts';
import type { OAuthApps } from './oauth-apps.ts';
import type { SandboxSwitches } from './switches.ts';
import type { SandboxRequest } from './types.ts';

const GRANT_TYPES = ['client_credentials', 'authorization_code', 'refresh_token'];

/** Dependencies of the token endpoint; `now` is in seconds since 1970. */
export interface TokenContext {
  apps: OAuthApps;
  tokens: AccessTokens;
  grants: Grants;
  switches: SandboxSwitches;
  shouldInject: FaultInjector;
  now: number;
  /** Times of token requests per client id, for the limit per minute. */
  requestTimes: Map<string, number[]>;
  contentType: string;
}

/** Handles `POST /v2/token`. Credentials must be in the form body: Twilio does not document Basic here. */
export function handleToken(request: SandboxRequest, context: TokenContext): Record<string, unknown> {
  const { apps, tokens, switches, shouldInject, now } = context;
  if (request.method !== 'POST') throw new TwilioError(405, 20004, 'Method not allowed');
  if (!context.contentType.toLowerCase().startsWith('application/x-www-form-urlencoded')) throw badRequest();
  const form = new URLSearchParams(request.body ?? '');
  const clientId = form.get('client_id') ?? '';
  const grantType = form.get('grant_type') ?? '';
  if (!GRANT_TYPES.includes(grantType)) throw invalidGrantType();
  if (clientId === '') throw new TwilioError(400, 321402, 'Empty client_id');
  if (shouldInject('tokenThrottle') || overLimit(clientId, context)) {
    const until = new Date((now + switches.tokenThrottleSeconds) * 1000).toISOString();
    throw new TwilioError(429, 322401, 'Too Many Requests', { throttled_until: until });
  }
  const app = apps.find(clientId);
  if (app?.clientSecret !== (form.get('client_secret') ?? '')) throw invalidCredentials(switches);
  // Account apps use client credentials only, organization apps the other grants only.
  const organization = apps.findOrganization(clientId) !== undefined;
  if (organization === (grantType === 'client_credentials')) throw invalidGrantType();
  const redeemed = organization ? redeem(grantType, form, clientId, context) : null;
  const ttl = switches.tokenTtlSeconds;
  const expiresIn = switches.tokenExpiresIn;
  const { token, number } = tokens.issue(app, now, ttl);
  redeemed?.grant.accessTokens.push(number);
  return {
    access_token: token,
    // By default both keys are present even when null, which strict OAuth clients reject.
    id_token: variant(switches.tokenIdToken, { jwt: ID_TOKEN, text: 'an id token' }),
    token_type: variant(switches.tokenType, { Bearer: 'Bearer', bearer: 'bearer' }),
    expires_in: variant(expiresIn, { number: ttl, text: String(ttl) }),
    refresh_token: redeemed?.refreshToken ?? variant(switches.tokenRefreshToken, {}),
  };
}

/** Well-formed but not verifiable, like the one in the example of Twilio's API definition. */
const ID_TOKEN = signToken({ iss: 'https://oauth.twilio.com', sub: 'US0', aud: 'OQ0' }, Buffer.from('id'));

/** Returns a field's value by the name of its variant; undefined omits the field. */
function variant(name: string, values: Readonly<Record<string, unknown>>): unknown {
  return { empty: '', null: null, absent: undefined, ...values }[name];
}

/** Redeems a code or a refresh token; throws when it is missing or not valid. */
function redeem(
  grantType: string,
  form: URLSearchParams,
  clientId: string,
  { grants, now, switches }: TokenContext,
): Redeemed {
  const needed = (name: string): string => {
    const value = form.get(name);
    if (!value) throw badRequest();
    return value;
  };
  const redeemed =
    grantType === 'refresh_token'
      ? grants.refresh(needed('refresh_token'), clientId, now)
      : grants.redeemCode(
          needed('code'),
          // An empty parameter counts as omitted. https://www.rfc-editor.org/rfc/rfc6749#section-3.2
          { clientId, redirectUri: needed('redirect_uri'), verifier: form.get('code_verifier') || null },
          now,
        );
  if (!redeemed) throw invalidCredentials(switches);
  return redeemed;
}

const badRequest = () => new TwilioError(400, 322403, 'Bad Request');
const invalidGrantType = () => new TwilioError(400, 321403, 'Invalid grant_type');
const invalidCredentials = ({ tokenErrorStatus, tokenErrorCode }: SandboxSwitches) =>
  new TwilioError(tokenErrorStatus, tokenErrorCode, 'Invalid credentials');

function overLimit(clientId: string, { requestTimes, switches, now }: TokenContext): boolean {
  if (switches.tokensPerMinute === 0) return false;
  const recent = (requestTimes.get(clientId) ?? []).filter((time) => time > now - 60);
  requestTimes.set(clientId, [...recent, now]);
  return recent.length >= switches.tokensPerMinute;
}
