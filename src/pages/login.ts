import { setTimeout as sleep } from 'node:timers/promises';
import { html } from 'hono/html';
import { hashToken } from '../auth/api-token.ts';
import { GatewayError } from '../errors/gateway-error.ts';
import type { PageApp, PageContext, PagesOptions } from './context.ts';
import { type Field, formOf, isConsole, textOf } from './form.ts';
import { localPath } from './origin.ts';
import { errorPage, page, problemOf, toList } from './page.ts';
import { isLoggedIn, nullIfRejected, readCookie, writeCookie } from './session.ts';
import { type BegunSignIn, type SignIn, SignInError } from './sign-in.ts';

/** Slows down guessing; not strictly necessary, because a key has 256 random bits. */
const WRONG_KEY_DELAY_MS = 400;
/** Time limit for a person at the identity provider. */
const SIGN_IN_MS = 10 * 60_000;
const CALLBACK = '/login/callback';

/** A sign-in in progress. A cookie keeps it until the browser is back. */
type Begun = BegunSignIn & { readonly next: string };

/** Adds the page to sign in, by an API key or an identity provider, and the way to sign out. It has no script. */
export function routeLogin(app: PageApp, { callers, log, telemetry, signIn }: PagesOptions): void {
  app.get('/login', async (c) => {
    const next = nextOf(c);
    const { principal } = c.var;
    if (!principal) return loginPage(c, { status: 200, signIn, next });
    if (!isLoggedIn(c.env.session)) return c.redirect(next, 303);
    return page(
      c,
      { title: `Signed in as ${principal.name}` },
      html`<p>Your role is ${principal.role}.</p>
<p class="actions"><a class="button" href="${next}">Continue</a></p>`,
    );
  });

  app.post('/login', async (c) => {
    const { address: origin, session, sessions, site } = c.env;
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
    // The same message for unknown, expired and revoked keys.
    return loginPage(c, { status: 401, message: UNKNOWN, field: KEY.name, signIn, next });
  });

  app.post('/logout', async (c) => {
    const { sessions, site } = c.env;
    const session = await sessions.logOut(c.env.session);
    sessions.write(c, site, session);
    if (isConsole(c)) return c.body(null, 204);
    return toList(c, 'You have signed out.', { session, path: '/login' });
  });

  if (signIn) routeSignIn(app, signIn, log);
}

/** Adds the way to the identity provider and back. */
function routeSignIn(app: PageApp, signIn: SignIn, log: PagesOptions['log']): void {
  app.get('/login/oidc', async (c) => {
    const { seal, session, site } = c.env;
    const { url, ...begun } = await signIn.begin(site.origin + CALLBACK);
    const kept: Begun = { ...begun, next: nextOf(c) };
    // Binds the sign-in to this browser, so that nobody can sign another one in as somebody else.
    writeCookie(c, site, 'sign_in', seal.seal(kept, 'sign-in', session.id, SIGN_IN_MS), SIGN_IN_MS);
    return c.redirect(url.href, 303);
  });

  // Always redirects or shows the login page: the code in the URL is used up.
  app.get(CALLBACK, async (c) => {
    const { address: origin, seal, session, sessions, site, url } = c.env;
    const begun = seal.open(readCookie(c.req.raw, site, 'sign_in'), 'sign-in', session.id) as Begun | null;
    writeCookie(c, site, 'sign_in', '', 0);
    const failed = (status: number, message: string) =>
      loginPage(c, { status, message, field: null, signIn, next: begun?.next ?? '/' });
    if (!begun) return failed(403, UNKNOWN_SIGN_IN);
    try {
      const user = await signIn.finish(site.origin + CALLBACK, url.searchParams, begun);
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

/** Restricts the routes after it to administrators; other callers get the login page or an error. */
export function adminsOnly({ signIn }: Pick<PagesOptions, 'signIn'>) {
  return async (c: PageContext, next: () => Promise<void>) => {
    const { principal } = c.var;
    if (!principal) {
      const message = isLoggedIn(c.env.session) ? ENDED : null;
      return loginPage(c, { status: 401, message, field: null, signIn, next: '/credentials' });
    }
    if (principal.role !== 'ADMIN') {
      return errorPage(
        c,
        403,
        'For administrators',
        'Credentials and API keys are managed with an ADMIN key.',
      );
    }
    c.set('actor', principal);
    return next();
  };
}

const nextOf = (c: PageContext) => localPath(c.req.query('next'));

const ENDED =
  'You are no longer signed in, because you signed out, the session has expired, or the key was revoked. Nothing was changed.';
const UNKNOWN = 'This key was rejected. Check that it is complete, and has not expired or been revoked.';
const UNKNOWN_SIGN_IN =
  'This sign-in was not started in this browser, or more than 10 minutes ago. Start it again.';

const KEY: Field = {
  name: 'key',
  label: 'API key',
  type: 'secret',
  hint: 'An API key (tgw_…), or the value of GATEWAY_ADMIN_KEY. An administrator creates one, or the command line: npm run cli -- api-key create --admin --name ops',
  autocomplete: 'current-password',
};

interface LoginPage {
  readonly status: number;
  readonly message?: string | null;
  /** The field that the message is about. */
  readonly field?: string | null;
  readonly signIn: SignIn | undefined;
  /** Where to go after the login. */
  readonly next: string;
}

function loginPage(c: PageContext, { status, message, field = null, signIn, next }: LoginPage) {
  const problem = message ? { status, message, field, code: '' } : undefined;
  const query = new URLSearchParams({ next });
  // Sent to the page's own address where it can be, because only then its fragment is still there after the redirect.
  const isHere = c.req.path === '/login' && c.req.query('next') === next;
  const form = formOf(c, {
    action: isHere ? null : `/login?${query}`,
    submit: 'Sign in',
    cancel: null,
    fields: [KEY],
    problem,
  });
  const content = html`${
    signIn
      ? html`<p class="actions"><a class="button" href="/login/oidc?${query}">Sign in with ${signIn.host}</a></p>
<p class="muted">Or with an API key of this gateway:</p>`
      : html`<p>Sign in with an API key of this gateway to read messages and, as an ADMIN, to manage it.</p>`
  }
${form}`;
  return page(c, { title: 'Sign in', status }, content);
}
