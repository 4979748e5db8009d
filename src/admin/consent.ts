import type { AuthorizationCode } from '../auth/authorization-code.ts';
import type { CredentialSessions } from '../auth/credential-sessions.ts';
import type { TokenRequest } from '../auth/oauth.ts';
import { gatewayError } from '../errors/gateway-error.ts';
import { probePermissions } from '../loaders/permissions.ts';
import type { Credential, OAuthState } from '../store/records.ts';
import type { GatewayStore } from '../store/store.ts';
import { type Actor, type Audit, asAdmin } from './actor.ts';
import { checkCallback, checkGrant, explainConsent } from './check-consent.ts';
import { checkFormat } from './check-credential.ts';
import { createConsentedCredentials } from './consented-credentials.ts';
import { checkNickname } from './credentials.ts';

export interface ConsentInput extends TokenRequest {
  nickname: string;
  /** The redirect URI that is registered with the OAuth app. */
  redirectUri: string;
}

/** Adds an organization's OAuth app as a credential, or renews one, by a person's consent. */
export interface Consent {
  /**
   * Starts a flow that is valid for 10 minutes.
   *
   * @returns the URL of Twilio's consent page
   * @throws {BAD_USER_INPUT} {NICKNAME_TAKEN}
   */
  start(actor: Actor, input: ConsentInput): Promise<URL>;
  /**
   * Handles the callback, once per flow.
   *
   * @param callbackUrl the URL that Twilio redirected to; only its query is read
   * @throws {CONSENT_EXPIRED} {FORBIDDEN} {CONSENT_DENIED} {CONSENT_FAILED}
   */
  finish(actor: Actor, callbackUrl: URL): Promise<Credential>;
}

export interface ConsentOptions {
  store: GatewayStore;
  sessions: CredentialSessions;
  authorization: AuthorizationCode;
  audit: Audit;
  /** Timeout for the upstream calls of a callback after the code exchange, in milliseconds. */
  timeoutMs: number;
  now?: (() => number) | undefined;
}

/** Returns the redirect URI of a gateway at `origin`, to be registered with the OAuth app. */
export function redirectUriAt(origin: string): string {
  return new URL('/oauth/callback', origin).href;
}

/** Time limit for a person at Twilio's consent page. */
const STATE_MS = 10 * 60_000;

export function createConsent(options: ConsentOptions): Consent {
  const { store, sessions, authorization, audit, timeoutMs, now = Date.now } = options;
  const credentials = createConsentedCredentials(store);

  const guarded = <T>(actor: Actor, work: () => Promise<T>): Promise<T> =>
    asAdmin(actor, async () => {
      try {
        return await work();
      } catch (error) {
        throw explainConsent(error, timeoutMs);
      }
    });

  async function exchange(flow: OAuthState, app: TokenRequest, query: URLSearchParams) {
    const { state, codeVerifier, details } = flow;
    const redirectUri = details.redirectUri ?? '';
    const tokens = await authorization.exchange(app, { query, redirectUri, state, codeVerifier });
    return checkGrant(tokens);
  }

  return {
    start: (actor, input) =>
      guarded(actor, async () => {
        const nickname = checkNickname(input.nickname);
        const app = { clientId: input.clientId.trim(), clientSecret: input.clientSecret.trim() };
        checkFormat(app.clientId, app.clientSecret);
        // Detects a nickname conflict before the redirect rather than after the consent.
        await credentials.find(nickname, app.clientId);
        const { redirectUri } = input;
        const { url, state, codeVerifier } = await authorization.begin(app, redirectUri);
        const details = { ...app, redirectUri, actor: actor.name };
        const dateExpires = new Date(now() + STATE_MS);
        await store.saveState({ state, codeVerifier, nickname, dateExpires, details });
        return url;
      }),

    finish: (actor, { searchParams: query }) =>
      guarded(actor, async () => {
        const flow = await store.takeState(query.get('state') ?? '');
        if (!flow) throw gatewayError('CONSENT_EXPIRED');
        const { nickname } = flow;
        const { clientId = '', clientSecret = '', actor: startedBy } = flow.details;
        // Otherwise an attacker could have an administrator finish a flow with the attacker's account.
        if (startedBy !== actor.name) throw gatewayError('FORBIDDEN', actor.name, 'consent');
        checkCallback(query, nickname);
        const app = { clientId, clientSecret };
        const { accessToken, refreshToken, accountSid } = await exchange(flow, app, query);
        const client = sessions.withToken(accessToken, accountSid);
        const scope = { signal: AbortSignal.timeout(timeoutMs) };
        const permissions = await probePermissions(client, accountSid, scope);
        const { credential, renewed } = await credentials.save(
          { nickname, accountSid, ...app, permissions },
          refreshToken,
        );
        await audit(actor, 'credential.consent', credential.id, { nickname, accountSid, clientId, renewed });
        return credential;
      }),
  };
}
