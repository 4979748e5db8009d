import { Hono } from 'hono';
import { routeAddCredential } from './add-credential.ts';
import { routeApiKeys } from './api-keys.ts';
import { routeAudit } from './audit.ts';
import { routeConsent, routeConsentCallback } from './consent.ts';
import type { PageApp, PageRequest, PagesOptions } from './context.ts';
import { routeCredentials } from './credentials.ts';
import { readForm, SESSION_HEADER } from './form.ts';
import { adminsOnly, routeLogin } from './login.ts';
import { isSameOrigin, siteOf } from './origin.ts';
import { routeOverview } from './overview.ts';
import { errorPage, problemOf } from './page.ts';
import { createSeal } from './seal.ts';
import { createSessions, isLoggedIn, readCookie } from './session.ts';

export type Pages = ReturnType<typeof createPages>;

/** A request to a page, with its principal: null before the login. */
export type OpenedPage = Awaited<ReturnType<Pages['open']>>;

/** Creates the web pages at /credentials, on which an administrator manages credentials and API keys. */
export function createPages(options: PagesOptions) {
  const { store, callers, now, publicUrl, graphiql } = options;
  const seal = createSeal(options.encryptionKeys ?? [], now);
  const sessions = createSessions(seal, store, now);
  const app = createApp(options);
  const paths = new Set(app.routes.map(({ path }) => path).filter((path) => path !== MIDDLEWARE));

  return {
    serves: (path: string) => paths.has(path),
    /**
     * Finds the principal of a browser that is signed in, for the console and GraphiQL on the same origin; null for any other request.
     * The header {@link SESSION_HEADER} cannot be sent by a page of another origin without a CORS preflight, and Fetch
     * Metadata and Origin must say the same.
     */
    async principalOf(request: Request, url: URL, address: string | null) {
      const { headers, method } = request;
      if (method !== 'POST' || headers.get(SESSION_HEADER) !== '1' || headers.has('authorization'))
        return null;
      const site = siteOf(headers, url, publicUrl);
      if (headers.get('sec-fetch-site') !== 'same-origin' || !isSameOrigin(headers, site)) return null;
      const session = sessions.read(readCookie(request, site, 'session'));
      return session && isLoggedIn(session) ? sessions.identify(session, callers, address) : null;
    },
    /**
     * Reads the session from the request's cookies and finds its principal.
     *
     * @param address the client's address; null in-process
     */
    async open(request: Request, url: URL, address: string | null) {
      const site = siteOf(request.headers, url, publicUrl);
      const known = sessions.read(readCookie(request, site, 'session'));
      const session = known ?? sessions.start();
      const principal = sessions.identify(session, callers, address);
      const visit = {
        url,
        site,
        address,
        session,
        isNew: !known,
        principal,
        seal,
        sessions,
        graphiql,
      };
      return {
        principal: await principal.catch(() => null),
        /** @param readBody reads the form of a POST */
        async respond(readBody: () => Promise<string>) {
          const env: PageRequest = { ...visit, readBody };
          const response = await app.fetch(request, env);
          const { status, headers } = response;
          return {
            status,
            headers: { ...Object.fromEntries(headers), 'set-cookie': headers.getSetCookie() },
            body: response.body && (await response.text()),
          };
        },
      };
    },
  };
}

function createApp(options: PagesOptions): PageApp {
  const app: PageApp = new Hono();

  app.onError((error, c) => {
    try {
      const { status, message } = problemOf(error);
      return errorPage(c, status, TITLES[status] ?? FAILED, message);
    } catch {
      options.log.error({ err: error }, 'unexpected error');
      return errorPage(c, 500, FAILED, 'Unexpected error. The log of the gateway has the details.');
    }
  });

  app.use(async (c, next) => {
    const { isNew, session, sessions, site } = c.env;
    const { method, path } = c.req;
    // A form of another site arrives without the cookie, and must not replace it.
    if (isNew && method === 'GET') sessions.write(c, site, session);
    c.set('principal', await c.env.principal);
    const allowed = app.routes.filter((route) => route.path === path).map((route) => route.method);
    if (!allowed.includes(method === 'HEAD' ? 'GET' : method)) {
      c.header('allow', allowed.join(', '));
      return errorPage(c, 405, 'Method not allowed', WRONG_METHOD);
    }
    return (method === 'POST' && (await readForm(c))) || next();
  });

  routeLogin(app, options);
  routeConsentCallback(app, options);
  app.use(adminsOnly(options));
  routeOverview(app, options);
  routeAddCredential(app, options);
  routeCredentials(app, options);
  routeApiKeys(app, options);
  routeAudit(app, options);
  routeConsent(app, options);
  return app;
}

/** The path under which Hono lists middleware. */
const MIDDLEWARE = '/*';

const FAILED = 'Something went wrong';
const TITLES: Readonly<Record<number, string>> = {
  404: 'Not found',
  413: 'This form is too large',
  503: 'Not available now',
};
const WRONG_METHOD = 'This address only accepts forms. Start at the list of credentials.';
