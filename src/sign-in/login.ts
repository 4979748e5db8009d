import { setTimeout as sleep } from 'node:timers/promises';
import { html } from 'hono/html';
import { hashToken } from '../auth/api-token.ts';
import { GatewayError } from '../errors/gateway-error.ts';
import type { SignInApp, SignInContext, SignInParts } from './context.ts';
import { isConsole, textOf } from './form.ts';
import { type IdentityProvider, type SignInAttempt, SignInError } from './identity-provider.ts';
import { localPath } from './origin.ts';
import { page, problemOf } from './page.ts';
import { nullIfRejected, readCookie, writeCookie } from './session.ts';

/** Slows down guessing; not strictly necessary, because a key has 256 random bits. */
const WRONG_KEY_DELAY_MS = 400;
/** Time limit for a person at the identity provider. */
const SIGN_IN_MS = 10 * 60_000;
const CALLBACK = '/login/callback';

/** A sign-in in progress. A cookie keeps it until the browser is back. */
type Begun = SignInAttempt & { readonly next: string };

/** Adds the page to sign in, by an API key or an identity provider, and the way to sign out. It has no script. */
export function routeLogin(app: SignInApp, parts: SignInParts): void {
  const { callers, log, provider, sessions, telemetry } = parts;

  app.get('/login', async (c) => {
    const next = nextOf(c);
    const principal = await c.env.principal;
    if (!principal) return loginPage(c, { status: 200, provider, next });
    if (!c.env.session) return c.redirect(next, 303);
    return page(
      c,
      200,
      `Signed in as ${principal.name}`,
      html`<p>Your role is ${principal.role}.</p>
<p><a class="button" href="${next}">Continue</a></p>
<form method="post" action="/logout"><button>Sign out</button></form>`,
    );
  });

  app.post('/login', async (c) => {
    const { address: origin, session, site } = c.env;
    const next = nextOf(c);
    // Looked up by its hash: the timing of the lookup reveals nothing about the key.
    const keyHash = hashToken(textOf(c, 'key'));
    const principal = await callers.identifyHash(keyHash, origin).catch((error) => {
      if (error instanceof GatewayError) telemetry.callerRejected(String(error.extensions.code));
      return nullIfRejected(error);
    });
    if (principal) {
      sessions.write(c, site, await sessions.logIn(keyHash, session));
      log.info({ audit: 'page.login', actor: principal.name, origin }, 'audit');
      return c.redirect(next, 303);
    }
    log.info({ audit: 'page.login-refused', actor: null, origin }, 'audit');
    await sleep(WRONG_KEY_DELAY_MS);
    return loginPage(c, { status: 401, isWrongKey: true, provider, next });
  });

  app.post('/logout', async (c) => {
    await sessions.end(c.env.session);
    writeCookie(c, c.env.site, 'session', '', 0);
    return isConsole(c) ? c.body(null, 204) : c.redirect('/login', 303);
  });

  if (provider) routeProvider(app, provider, parts);
}

/** Adds the way to the identity provider and back. */
function routeProvider(app: SignInApp, provider: IdentityProvider, parts: SignInParts): void {
  const { log, seal, sessions } = parts;

  app.get('/login/oidc', async (c) => {
    const { site } = c.env;
    const { url, ...begun } = await provider.begin(site.origin + CALLBACK);
    const kept: Begun = { ...begun, next: nextOf(c) };
    // Binds the sign-in to this browser, so that nobody can sign another one in as somebody else.
    writeCookie(c, site, 'sign_in', seal.seal(kept, 'sign-in', '', SIGN_IN_MS), SIGN_IN_MS);
    return c.redirect(url.href, 303);
  });

  // Always redirects or shows the login page: the code in the URL is used up.
  app.get(CALLBACK, async (c) => {
    const { address: origin, session, site, url } = c.env;
    const begun = seal.open(readCookie(c.req.raw, site, 'sign_in'), 'sign-in', '') as Begun | null;
    writeCookie(c, site, 'sign_in', '', 0);
    const failed = (status: number, message: string) =>
      loginPage(c, { status, message, provider, next: begun?.next ?? '/' });
    if (!begun) return failed(403, UNKNOWN_SIGN_IN);
    try {
      const user = await provider.finish(site.origin + CALLBACK, url.searchParams, begun);
      sessions.write(c, site, await sessions.logInUser(user, session));
      log.info({ audit: 'page.login', actor: user.subject, origin }, 'audit');
      return c.redirect(begun.next, 303);
    } catch (error) {
      if (error instanceof SignInError) return failed(403, error.message);
      const { status, message } = problemOf(error);
      return failed(status, message);
    }
  });
}

const nextOf = (c: SignInContext) => localPath(c.req.query('next'));

/** The same for unknown, expired and revoked keys. */
const WRONG_KEY = 'This key was rejected. Check that it is complete, and has not expired or been revoked.';
const UNKNOWN_SIGN_IN =
  'This sign-in was not started in this browser, or more than 10 minutes ago. Start it again.';

interface LoginPage {
  readonly status: number;
  readonly message?: string;
  readonly isWrongKey?: boolean;
  readonly provider: IdentityProvider | undefined;
  /** Where to go after the login. */
  readonly next: string;
}

function loginPage(c: SignInContext, { status, message, isWrongKey, provider, next }: LoginPage) {
  const query = new URLSearchParams({ next });
  // Sent to the page's own address where it can be, because only then its fragment is still there after the redirect.
  const action = c.req.path === '/login' ? null : html`action="/login?${query}"`;
  return page(
    c,
    status,
    'Sign in',
    html`${message && html`<p class="problem" role="alert">${message}</p>`}${
      provider
        ? html`<p><a class="button" href="/login/oidc?${query}">Sign in with ${provider.host}</a></p>
<p class="muted">Or with an API key of this gateway:</p>`
        : html`<p>Sign in with an API key of this gateway to read messages and, as an ADMIN, to manage it.</p>`
    }
<form method="post" ${action}>
<label for="key">API key</label>
<span class="hint" id="key-hint">An API key (tgw_…), or the value of GATEWAY_ADMIN_KEY. An administrator creates one, or the command line: npm run cli -- api-key create --admin --name ops</span>
<input id="key" name="key" type="password" maxlength="256" autocomplete="current-password" required aria-describedby="key-hint${isWrongKey ? ' key-wrong' : ''}" ${isWrongKey && html`aria-invalid="true" autofocus`}>
${isWrongKey && html`<span class="wrong" id="key-wrong">${WRONG_KEY}</span>`}
<button>Sign in</button>
</form>`,
  );
}
