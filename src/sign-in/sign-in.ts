import { Hono } from 'hono';
import { routeConsent } from './consent.ts';
import type { SignInApp, SignInOptions, SignInParts, Visit } from './context.ts';
import { readForm, SESSION_HEADER } from './form.ts';
import { routeLogin } from './login.ts';
import { isSameOrigin, siteOf } from './origin.ts';
import { errorPage, problemOf } from './page.ts';
import { createSeal } from './seal.ts';
import { createSessions, readCookie } from './session.ts';

export type SignIn = ReturnType<typeof createSignIn>;

/** A request of a browser, with its principal: null where nobody is signed in. */
export type OpenedVisit = Awaited<ReturnType<SignIn['open']>>;

/** Creates the routes by which people sign in and out, and consent at Twilio; and the sessions of their browsers. */
export function createSignIn(options: SignInOptions) {
  const { callers, now, publicUrl, store } = options;
  const seal = createSeal(options.encryptionKeys ?? [], now);
  const sessions = createSessions({ seal, store, callers, now });
  const app = createApp({ ...options, seal, sessions });
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
      return session && sessions.identify(session, address);
    },
    /**
     * Reads the session from the request's cookies and finds its principal.
     *
     * @param address the client's address; null in-process
     */
    async open(request: Request, url: URL, address: string | null) {
      const site = siteOf(request.headers, url, publicUrl);
      const session = sessions.read(readCookie(request, site, 'session'));
      const principal = sessions.identify(session, address);
      return {
        principal: await principal.catch(() => null),
        /** @param readBody reads the form of a POST */
        async respond(readBody: () => Promise<string>) {
          const visit: Visit = { url, site, address, session, principal, readBody };
          const response = await app.fetch(request, visit);
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

function createApp(parts: SignInParts): SignInApp {
  const app: SignInApp = new Hono();

  app.onError((error, c) => {
    try {
      const { status, message } = problemOf(error);
      return errorPage(c, status, TITLES[status] ?? FAILED, message);
    } catch {
      parts.log.error({ err: error }, 'unexpected error');
      return errorPage(c, 500, FAILED, 'Unexpected error. The log of the gateway has the details.');
    }
  });

  app.use(async (c, next) => {
    const { method, path } = c.req;
    const allowed = app.routes.filter((route) => route.path === path).map((route) => route.method);
    if (!allowed.includes(method === 'HEAD' ? 'GET' : method)) {
      c.header('allow', allowed.join(', '));
      return errorPage(c, 405, 'Method not allowed', 'This address has no page.');
    }
    return (method === 'POST' && (await readForm(c))) || next();
  });

  routeLogin(app, parts);
  routeConsent(app, parts);
  return app;
}

/** The path under which Hono lists middleware. */
const MIDDLEWARE = '/*';

const FAILED = 'Something went wrong';
const TITLES: Readonly<Record<number, string>> = {
  413: 'This form is too large',
  503: 'Not available now',
};
