import { html } from 'hono/html';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { redirectUriAt } from '../admin/consent.ts';
import { gatewayError } from '../errors/gateway-error.ts';
import type { PageApp, PagesOptions } from './context.ts';
import { CLIENT_ID, NICKNAME, SECRET } from './credentials.ts';
import { routeForm, textOf } from './form.ts';
import { problemOf, toList } from './page.ts';
import { readCookie, writeCookie } from './session.ts';

/** The lifetime of the OAuth state. */
const CONSENT_MS = 10 * 60 * 1000;

/** Adds the page that starts the consent flow for an organization's OAuth app, at Twilio's consent page. */
export function routeConsent(app: PageApp, { admin: { consent }, oauthUrl }: PagesOptions): void {
  routeForm(app, {
    path: '/credentials/connect',
    action: '/oauth/start',
    find: async () => null,
    view: (_, { env: { site } }) => ({
      title: 'Connect an organization app',
      formTargets: formTargetsOf(oauthUrl),
      intro: html`
<p>Twilio asks for your consent on its own page and then returns here. Register this redirect URI with the app first:
<code>${redirectUriAt(site.origin)}</code></p>
<p>To renew a consent, use the nickname and client id of the existing credential.</p>`,
      submit: 'Go to Twilio',
      fields: [NICKNAME, CLIENT_ID, SECRET],
    }),
    async act(c) {
      const { seal, session, site } = c.env;
      const url = await consent.start(c.var.actor, {
        nickname: textOf(c, 'nickname'),
        clientId: textOf(c, 'clientId'),
        clientSecret: textOf(c, 'clientSecret'),
        redirectUri: redirectUriAt(site.origin),
      });
      // Binds the state to this browser, so that nobody can inject another consent.
      const begun: BegunConsent = { state: url.searchParams.get('state'), isConsole: false };
      writeCookie(c, site, 'consent', seal.seal(begun, 'consent', session.id, CONSENT_MS), CONSENT_MS);
      return c.redirect(url.href, 303);
    },
  });
}

/** Where the console shows how a consent ended. */
const SCREEN = '/admin/credentials';
const CONSENTED = 'DONE';

/** A consent in progress. A cookie keeps it until the browser is back. */
interface BegunConsent {
  readonly state: string | null;
  /** Whether it was started in the console. */
  readonly isConsole: boolean;
}

/**
 * Adds the way to Twilio's consent page for the console, and the route to which Twilio redirects after it. The latter must also respond
 * without a login.
 */
export function routeConsentCallback(app: PageApp, { admin: { consent } }: PagesOptions): void {
  // By JSON, because a page of the console may not send forms to Twilio, and shows errors itself.
  app.post('/oauth/consent', async (c) => {
    const { seal, session, sessions, site } = c.env;
    const actor = c.var.principal;
    try {
      if (!actor) throw gatewayError('UNAUTHENTICATED');
      const url = await consent.start(actor, {
        nickname: textOf(c, 'nickname'),
        clientId: textOf(c, 'clientId'),
        clientSecret: textOf(c, 'clientSecret'),
        redirectUri: redirectUriAt(site.origin),
      });
      // On an open gateway the browser may have none yet.
      if (c.env.isNew) sessions.write(c, site, session);
      const begun: BegunConsent = { state: url.searchParams.get('state'), isConsole: true };
      writeCookie(c, site, 'consent', seal.seal(begun, 'consent', session.id, CONSENT_MS), CONSENT_MS);
      return c.json({ url: url.href });
    } catch (error) {
      const { status, message, field, code } = problemOf(error);
      const extensions = { code, ...(field !== null && { argument: field }) };
      return c.json({ errors: [{ message, extensions }] }, status as ContentfulStatusCode);
    }
  });

  // Always redirects: the URL contains the code, which must not remain in the history or a Referer.
  app.get('/oauth/callback', async (c) => {
    const { seal, session, site, url } = c.env;
    const actor = c.var.principal;
    const sealed = readCookie(c.req.raw, site, 'consent');
    const begun = seal.open(sealed, 'consent', session.id) as BegunConsent | null;
    writeCookie(c, site, 'consent', '', 0);
    // A code and not a text: anyone can make a link to the console.
    const ended = (code: string, message: string) =>
      begun?.isConsole
        ? c.redirect(`${SCREEN}?${new URLSearchParams({ consent: code })}`, 303)
        : toList(c, message, { failed: code !== CONSENTED });
    if (!actor) return ended('UNAUTHENTICATED', SIGNED_OUT);
    if (!begun || begun.state === null || begun.state !== url.searchParams.get('state')) {
      return ended('CONSENT_EXPIRED', UNKNOWN_STATE);
    }
    try {
      const { nickname } = await consent.finish(actor, url);
      return ended(CONSENTED, `"${nickname}" was connected.`);
    } catch (error) {
      const { code, message } = problemOf(error);
      return ended(code, message);
    }
  });
}

const SIGNED_OUT = 'You are no longer signed in. Sign in and connect the app again.';
const UNKNOWN_STATE =
  'This consent was not started in this browser, or more than 10 minutes ago. Connect the app again.';

/** The form targets for the Content-Security-Policy: Twilio's OAuth server redirects to a login on another host. */
function formTargetsOf({ origin, protocol, hostname }: URL): string[] {
  // A Content-Security-Policy cannot name an IPv6 address.
  if (hostname.startsWith('[')) return [protocol];
  return hostname.endsWith('.twilio.com') ? [origin, 'https://*.twilio.com'] : [origin];
}
