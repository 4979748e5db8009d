import { html } from 'hono/html';
import { redirectUriAt } from '../admin/consent.ts';
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
      const state = seal.seal(url.searchParams.get('state'), 'consent', session.id, CONSENT_MS);
      writeCookie(c, site, 'consent', state, CONSENT_MS);
      return c.redirect(url.href, 303);
    },
  });
}

/** Adds the route to which Twilio redirects after the consent. It must also respond without a login. */
export function routeConsentCallback(app: PageApp, { admin: { consent } }: PagesOptions): void {
  // Always redirects: the URL contains the code, which must not remain in the history or a Referer.
  app.get('/oauth/callback', async (c) => {
    const { seal, session, site, url } = c.env;
    const actor = c.var.principal;
    const failed = (message: string) => toList(c, message, { failed: true });
    const state = seal.open(readCookie(c.req.raw, site, 'consent'), 'consent', session.id);
    writeCookie(c, site, 'consent', '', 0);
    if (!actor) return failed('You are no longer signed in. Sign in and connect the app again.');
    if (state === null || state !== url.searchParams.get('state')) return failed(UNKNOWN_STATE);
    try {
      const { nickname } = await consent.finish(actor, url);
      return toList(c, `"${nickname}" was connected.`);
    } catch (error) {
      return failed(problemOf(error).message);
    }
  });
}

const UNKNOWN_STATE =
  'This consent was not started in this browser, or more than 10 minutes ago. Connect the app again.';

/** The form targets for the Content-Security-Policy: Twilio's OAuth server redirects to a login on another host. */
function formTargetsOf({ origin, protocol, hostname }: URL): string[] {
  // A Content-Security-Policy cannot name an IPv6 address.
  if (hostname.startsWith('[')) return [protocol];
  return hostname.endsWith('.twilio.com') ? [origin, 'https://*.twilio.com'] : [origin];
}
