import { setTimeout as sleep } from 'node:timers/promises';
import { html } from 'hono/html';
import { hashToken } from '../auth/api-token.ts';
import { GatewayError } from '../errors/gateway-error.ts';
import type { PageApp, PageContext, PagesOptions } from './context.ts';
import { type Field, formOf, textOf } from './form.ts';
import { errorPage, page, toList } from './page.ts';
import { nullIfRejected } from './session.ts';

/** Slows down guessing; not strictly necessary, because a key has 256 random bits. */
const WRONG_KEY_DELAY_MS = 400;

export function routeLogin(app: PageApp, { callers, log, telemetry }: PagesOptions): void {
  app.post('/credentials/login', async (c) => {
    const { address: origin, session, sessions, site } = c.env;
    // Looked up by its hash: the timing of the lookup reveals nothing about the key.
    const keyHash = hashToken(textOf(c, 'key'));
    const principal = await callers.identifyHash(keyHash, origin).catch((error) => {
      if (error instanceof GatewayError) telemetry.callerRejected(String(error.extensions.code));
      return nullIfRejected(error);
    });
    if (principal?.role === 'ADMIN') {
      sessions.write(c, site, await sessions.logIn(keyHash, session));
      log.info({ audit: 'page.login', actor: principal.name, origin }, 'audit');
      return c.redirect('/credentials', 303);
    }
    log.info({ audit: 'page.login-refused', actor: principal?.name ?? null, origin }, 'audit');
    if (principal) return loginPage(c, 403, READER);
    await sleep(WRONG_KEY_DELAY_MS);
    // The same message for unknown, expired and revoked keys.
    return loginPage(c, 401, UNKNOWN);
  });

  app.post('/credentials/logout', async (c) => {
    const { sessions, site } = c.env;
    const session = await sessions.logOut(c.env.session);
    sessions.write(c, site, session);
    return toList(c, 'You have logged out.', { session });
  });
}

/** Restricts the routes after it to administrators; other callers get the login page or an error. */
export async function adminsOnly(c: PageContext, next: () => Promise<void>) {
  const { principal } = c.var;
  if (!principal) return loginPage(c, 401, c.env.session.keyHash === null ? null : ENDED, null);
  if (principal.role !== 'ADMIN') {
    return errorPage(c, 403, 'For administrators', 'Credentials and API keys are managed with an ADMIN key.');
  }
  c.set('actor', principal);
  return next();
}

const ENDED =
  'You are no longer logged in, because you logged out, 8 hours have passed, or the key was revoked. Nothing was changed.';
const READER = 'This key has the role READER, which cannot manage the gateway. Log in with an ADMIN key.';
const UNKNOWN =
  'This key was rejected. Check that it is complete, is an ADMIN key, and has not expired or been revoked.';

const KEY: Field = {
  name: 'key',
  label: 'ADMIN key',
  type: 'secret',
  hint: 'An API key (tgw_…) with the role ADMIN, or the value of GATEWAY_ADMIN_KEY. If there is none, create one on the command line: npm run cli -- api-key create --admin --name ops',
  autocomplete: 'current-password',
};

function loginPage(c: PageContext, status: number, message: string | null, field: string | null = KEY.name) {
  const problem = message === null ? undefined : { status, message, field };
  const form = formOf(c, {
    action: '/credentials/login',
    submit: 'Log in',
    cancel: null,
    fields: [KEY],
    problem,
  });
  const content = html`<p>Manage the Twilio credentials and API keys of this gateway.</p>
${form}`;
  return page(c, { title: 'Log in', status }, content);
}
