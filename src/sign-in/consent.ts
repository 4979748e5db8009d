import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { redirectUriAt } from '../admin/consent.ts';
import { gatewayError } from '../errors/gateway-error.ts';
import type { SignInApp, SignInParts } from './context.ts';
import { isConsole, notReadable, textOf } from './form.ts';
import { problemOf } from './page.ts';
import { readCookie, writeCookie } from './session.ts';

/** The lifetime of the OAuth state. */
const CONSENT_MS = 10 * 60 * 1000;
/** Where the console shows how a consent ended. */
const SCREEN = '/admin/credentials';

/**
 * Adds the way to Twilio's consent page, on which a person connects an organization's OAuth app, and the route to which
 * Twilio redirects after it.
 */
export function routeConsent(app: SignInApp, { consent, seal }: SignInParts): void {
  // By JSON, because a page of the console may not send forms to Twilio, and shows errors itself.
  app.post('/oauth/consent', async (c) => {
    const { principal, session, site } = c.env;
    if (!isConsole(c)) return notReadable(c);
    try {
      const actor = await principal;
      if (!actor) throw gatewayError('UNAUTHENTICATED');
      const url = await consent.start(actor, {
        nickname: textOf(c, 'nickname'),
        clientId: textOf(c, 'clientId'),
        clientSecret: textOf(c, 'clientSecret'),
        redirectUri: redirectUriAt(site.origin),
      });
      // Binds the state to this browser and session, so that nobody can inject another consent.
      const state = url.searchParams.get('state');
      const sealed = seal.seal(state, 'consent', session?.id ?? '', CONSENT_MS);
      writeCookie(c, site, 'consent', sealed, CONSENT_MS);
      return c.json({ url: url.href });
    } catch (error) {
      const { status, message, field, code } = problemOf(error);
      const extensions = { code, ...(field !== null && { argument: field }) };
      return c.json({ errors: [{ message, extensions }] }, status as ContentfulStatusCode);
    }
  });

  // Always redirects: the URL contains the code, which must not remain in the history or a Referer.
  app.get('/oauth/callback', async (c) => {
    const { principal, session, site, url } = c.env;
    const state = seal.open(readCookie(c.req.raw, site, 'consent'), 'consent', session?.id ?? '');
    writeCookie(c, site, 'consent', '', 0);
    // A code and not a text: anyone can make a link to the console.
    const ended = (code: string) => c.redirect(`${SCREEN}?${new URLSearchParams({ consent: code })}`, 303);
    try {
      const actor = await principal;
      if (!actor) return ended('UNAUTHENTICATED');
      if (state === null || state !== url.searchParams.get('state')) return ended('CONSENT_EXPIRED');
      await consent.finish(actor, url);
      return ended('DONE');
    } catch (error) {
      return ended(problemOf(error).code);
    }
  });
}
