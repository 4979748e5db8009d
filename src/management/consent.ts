import type { AuthorizationCode } from '../auth/authorization-code.ts';
import type { CredentialSessions } from '../auth/credential-sessions.ts';
import type { TokenRequest } from '../auth/oauth.ts';
import type { Credential } from '../credentials/credential.ts';
import type { OAuthState } from '../credentials/oauth-state.ts';
import type { GatewayStore } from '../credentials/store.ts';
import { ConsentExpiredError, ConsentForeignError } from '../errors/consent.ts';
import { probePermissions } from '../loaders/permissions.ts';
import { type Actor, asAdmin } from './actor.ts';
import type { Audit } from './audit.ts';
import { checkAnswer, checkGrant, explainConsent } from './check-consent.ts';
import { checkForm } from './check-credential.ts';
import { createConsentedCredentials } from './consented-credentials.ts';
import { checkNickname } from './credentials.ts';

export interface ConsentInput extends TokenRequest {
  nickname: string;
  /** Where Twilio sends the person back to, as it is registered with the OAuth app. */
  redirectUri: string;
}

/** How an organization's OAuth app becomes a credential, or one that Twilio renews no more is renewed. */
export interface Consent {
  /**
   * Begins: whoever opens the URL is asked by Twilio, and sent back within 10 minutes.
   *
   * @throws {BadUserInputError} {NicknameConflictError}
   */
  start(actor: Actor, input: ConsentInput): Promise<URL>;
  /**
   * Takes the person's return, once.
   *
   * @param callbackUrl the address they came back to; only its query is read
   * @throws {ConsentExpiredError} {ConsentForeignError} {ConsentDeniedError} {ConsentFailedError}
   */
  finish(actor: Actor, callbackUrl: URL): Promise<Credential>;
}

export interface ConsentOptions {
  store: GatewayStore;
  sessions: CredentialSessions;
  authorization: AuthorizationCode;
  audit: Audit;
  /** For all upstream calls of one finish but the exchange itself, in milliseconds. */
  timeoutMs: number;
  now?: (() => number) | undefined;
}

/** Where Twilio sends people back to, of a gateway that is reached at `origin`; to be registered with the app. */
export function redirectUriAt(origin: string): string {
  return new URL('/oauth/callback', origin).href;
}

/** How long a person may take at Twilio. */
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

  async function exchange(begun: OAuthState, app: TokenRequest, query: URLSearchParams) {
    const { state, codeVerifier, details } = begun;
    const redirectUri = details.redirectUri ?? '';
    const tokens = await authorization.exchange(app, { query, redirectUri, state, codeVerifier });
    return checkGrant(tokens);
  }

  return {
    start: (actor, input) =>
      guarded(actor, async () => {
        const nickname = checkNickname(input.nickname);
        const app = { clientId: input.clientId.trim(), clientSecret: input.clientSecret.trim() };
        checkForm(app.clientId, app.clientSecret);
        // Known before the person is sent away, rather than after they said yes.
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
        const begun = await store.takeState(query.get('state') ?? '');
        if (!begun) throw new ConsentExpiredError();
        const { nickname } = begun;
        const { clientId = '', clientSecret = '', actor: begunBy } = begun.details;
        // Else somebody could have an administrator finish what they began, with an account of theirs.
        if (begunBy !== actor.name) throw new ConsentForeignError(actor.name);
        checkAnswer(query, nickname);
        const app = { clientId, clientSecret };
        const { accessToken, refreshToken, accountSid } = await exchange(begun, app, query);
        const client = sessions.withToken(accessToken, accountSid);
        const scope = { signal: AbortSignal.timeout(timeoutMs) };
        const permissions = await probePermissions(client, accountSid, scope);
        const { credential, renewed } = await credentials.keep(
          { nickname, accountSid, ...app, permissions },
          refreshToken,
        );
        await audit(actor, 'credential.consent', credential.id, { nickname, accountSid, clientId, renewed });
        return credential;
      }),
  };
}
