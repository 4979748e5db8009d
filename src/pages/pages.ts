import type { Admin } from '../admin/admin.ts';
import type { Principal } from '../auth/caller.ts';
import type { Callers } from '../auth/callers.ts';
import type { EncryptionKey } from '../config/encryption-keys.ts';
import type { Logger } from '../log.ts';
import type { GatewayStore } from '../store/store.ts';
import type { Telemetry } from '../telemetry/telemetry.ts';
import { addRoutes } from './add-routes.ts';
import { apiKeyRoutes } from './api-key-routes.ts';
import { bounce } from './bounce.ts';
import { consentRoutes } from './consent-routes.ts';
import { readCookie } from './cookies.ts';
import { credentialRoutes } from './credential-routes.ts';
import { forAdmins } from './for-admins.ts';
import { NO_FORM, parseForm } from './form.ts';
import { html } from './html.ts';
import { identify } from './identify.ts';
import { loginRoutes } from './login-routes.ts';
import { overviewRoutes } from './overview-routes.ts';
import { PageError } from './page-error.ts';
import { problemOf } from './problem.ts';
import { createResponder, type PageResponse } from './respond.ts';
import { createSeal } from './seal.ts';
import { createSessions } from './session.ts';
import { isSameOrigin, siteOf } from './site.ts';
import type { PageResult, PageView, Routes, Visit } from './visit.ts';

export interface PagesOptions {
  store: GatewayStore;
  admin: Admin;
  callers: Callers;
  log: Logger;
  telemetry: Telemetry;
  now: () => number;
  /** Without these, sessions end with the process and are not shared between gateways. */
  encryptionKeys?: readonly EncryptionKey[];
  /** The URL under which browsers reach the gateway. @default from the Host header */
  publicUrl?: URL | undefined;
  /** The URL of Twilio's OAuth server, which shows the consent page. */
  oauthUrl: URL;
  /** Whether GraphiQL is served, so that pages link to it. */
  graphiql: boolean;
}

export interface Pages {
  serves(path: string): boolean;
  /**
   * Reads the session from the request's cookies and finds its principal.
   *
   * @param origin the client's address; null in-process
   */
  open(request: Request, url: URL, origin: string | null): Promise<OpenedPage>;
}

/** A request to a page, with its principal. */
export interface OpenedPage {
  /** Null before the login. */
  readonly principal: Principal | null;
  /** @param readBody reads the form of a POST */
  respond(readBody: () => Promise<string>): Promise<PageResponse>;
}

/** Creates the web pages at /credentials, on which an administrator manages credentials and API keys. */
export function createPages(options: PagesOptions): Pages {
  const { admin, store, callers, log } = options;
  const seal = createSeal(options.encryptionKeys ?? [], options.now);
  const sessions = createSessions(seal, store, options.now);
  const respond = createResponder(seal, sessions, options.graphiql);
  const routes: Routes<Visit> = {
    ...loginRoutes(callers, sessions, log, options.telemetry),
    ...forAdmins(overviewRoutes(store, admin, options.now)),
    ...forAdmins(addRoutes(store, admin.credentials, seal)),
    ...forAdmins(credentialRoutes(store, admin.credentials)),
    ...forAdmins(apiKeyRoutes(store, admin.apiKeys)),
    ...consentRoutes(admin.consent, options.oauthUrl, seal),
  };

  async function handle(
    request: Request,
    visit: Visit,
    readBody: () => Promise<string>,
  ): Promise<PageResult> {
    const method = request.method === 'HEAD' ? 'GET' : request.method;
    const route = routes[visit.url.pathname] ?? {};
    const handler = method === 'GET' || method === 'POST' ? route[method] : undefined;
    if (!handler) throw new PageError(405, 'Method not allowed', WRONG_METHOD, Object.keys(route).join(', '));
    if (method === 'GET') return handler(visit);
    if (!isSameOrigin(request.headers, visit.site)) throw new PageError(403, 'Form rejected', CROSS_SITE);
    const form = parseForm(request.headers.get('content-type'), await readBody());
    if (!sessions.isFormToken(visit.session, form.text('token'))) {
      throw new PageError(403, 'This form is too old', STALE);
    }
    return handler({ ...visit, form });
  }

  return {
    serves: (path) => Object.hasOwn(routes, path),
    async open(request, url, origin) {
      const { headers, method } = request;
      const site = siteOf(headers, url, options.publicUrl);
      const cookie = (name: string) => readCookie(headers.get('cookie'), name, site.secure);
      const known = sessions.read(cookie('session'));
      const session = known ?? sessions.start();
      const bounced = known ? null : bounce(method, headers, url);
      // Sets no session cookie, which would replace the one that the browser did not send.
      if (bounced) {
        const response = respond(bounced, { site, session: null, actor: null, flash: undefined });
        return { principal: null, respond: async () => response };
      }
      const principal = identify(callers, sessions, session, origin);
      return {
        principal: await principal.catch(() => null),
        async respond(readBody) {
          let actor: Visit['actor'] = null;
          let result: PageResult;
          try {
            actor = await principal;
            const visit = { url, site, origin, session, actor, form: NO_FORM, cookie };
            result = await handle(request, visit, readBody);
          } catch (error) {
            result = errorPage(error, log);
          }
          // A form of another site arrives without the cookie, and must not replace it.
          const isNew = !known && method === 'GET';
          const response = respond(result, { site, session, isNew, actor, flash: cookie('flash') });
          return method === 'HEAD' ? { ...response, body: null } : response;
        },
      };
    },
  };
}

const WRONG_METHOD = 'This address only accepts forms. Start at the list of credentials.';
const CROSS_SITE =
  'This form was not sent by a page of this gateway, so nothing was changed. Behind a proxy, set PUBLIC_URL to the URL that browsers use.';
const STALE =
  'Nothing was changed. Go back, reload the page and send the form again; the browser must accept cookies from this gateway.';

function errorPage(error: unknown, log: Logger): PageView {
  if (error instanceof PageError) {
    const { status, title, message, allow } = error;
    return { ...problemPage(status, title, message), ...(allow ? { allow } : {}) };
  }
  try {
    const { status, message } = problemOf(error);
    return problemPage(status, TITLES[status] ?? 'Something went wrong', message);
  } catch {
    log.error({ err: error }, 'unexpected error');
    return problemPage(
      500,
      'Something went wrong',
      'Unexpected error. The log of the gateway has the details.',
    );
  }
}

const TITLES: Readonly<Record<number, string>> = {
  404: 'Not found',
  413: 'This form is too large',
  503: 'Not available now',
};

function problemPage(status: number, title: string, message: string): PageView {
  const content = () => html`<p class="problem" role="alert">${message}</p>
<p><a href="/credentials">All credentials</a></p>`;
  return { status, title, content };
}
