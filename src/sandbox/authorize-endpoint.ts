import type { Accounts } from './accounts.ts';
import { TwilioError } from './errors.ts';
import type { Grants } from './grants.ts';
import type { OAuthApps } from './oauth-apps.ts';
import type { SandboxRequest } from './types.ts';
import { consentPage, errorPage, WebResponse } from './web-page.ts';

/** Hidden fields of the consent page's form. */
const FIELDS = [
  'client_id',
  'response_type',
  'scope',
  'redirect_uri',
  'state',
  'code_challenge',
  'code_challenge_method',
];
/** A SHA-256 digest in base64url. */
const S256 = /^[\w-]{43}$/;

export interface AuthorizeContext {
  apps: OAuthApps;
  accounts: Accounts;
  grants: Grants;
  /** Seconds since 1970. */
  now: number;
  contentType: string;
}

/**
 * Handles `GET /v2/authorize`, which shows the consent page, and `POST`, which submits it. Both validate the
 * whole request, because a form can be forged like a URL.
 */
export function handleAuthorize(
  request: SandboxRequest,
  query: URLSearchParams,
  context: AuthorizeContext,
): WebResponse {
  const { apps, accounts, grants, now } = context;
  const posted = request.method === 'POST';
  if (!posted && request.method !== 'GET') throw new TwilioError(405, 20004, 'Method not allowed');
  if (posted && !context.contentType.toLowerCase().startsWith('application/x-www-form-urlencoded')) {
    return errorPage('Unsupported form', 'The request has this Content-Type:', context.contentType);
  }
  const form = posted ? new URLSearchParams(request.body ?? '') : query;

  const clientId = form.get('client_id') ?? '';
  const app = apps.findOrganization(clientId);
  if (!app) return errorPage('Unknown app', 'No organization OAuth app has this client_id:', clientId);
  const redirectUri = form.get('redirect_uri') ?? '';
  if (!app.redirectUris.includes(redirectUri)) {
    const problem = `This redirect_uri is not registered for ${app.nickname}:`;
    return errorPage('Unknown redirect address', problem, redirectUri);
  }

  const state = form.get('state');
  const redirect = (params: Record<string, string>) =>
    redirectTo(redirectUri, { ...params, ...(state === null ? {} : { state }) });
  if (form.get('response_type') !== 'code') return redirect({ error: 'unsupported_response_type' });
  const challenge = form.get('code_challenge');
  if (!isValidChallenge(challenge, form.get('code_challenge_method'))) {
    return redirect({ error: 'invalid_request' });
  }

  const offline = (form.get('scope') ?? '').split(' ').includes('offline_access');
  if (!posted) {
    const account = accounts.find(app.accountSid, now) ?? { sid: app.accountSid, friendlyName: 'Gone' };
    const fields = FIELDS.flatMap((name) => form.getAll(name).map((value) => [name, value] as const));
    return consentPage({ app, account, redirectUri, offline, fields });
  }
  const decision = form.get('decision');
  if (decision === 'deny') return redirect({ error: 'access_denied' });
  if (decision === 'allow') {
    return redirect({ code: grants.issueCode({ clientId, redirectUri, challenge, offline }, now) });
  }
  return errorPage('No decision', 'The decision must be "allow" or "deny", not:', decision ?? '');
}

/** PKCE is optional; `plain` is not supported. https://www.rfc-editor.org/rfc/rfc7636#section-4.3 */
function isValidChallenge(challenge: string | null, method: string | null): boolean {
  if (challenge === null) return method === null;
  return method === 'S256' && S256.test(challenge);
}

function redirectTo(uri: string, params: Record<string, string>): WebResponse {
  // Appended as text, because a URL object would re-encode the existing query.
  const location = `${uri}${uri.includes('?') ? '&' : '?'}${new URLSearchParams(params)}`;
  return new WebResponse(302, { location });
}
