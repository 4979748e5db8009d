import type { Principal } from '../auth/caller.ts';
import type { Callers } from '../auth/callers.ts';
import type { EncryptionKey } from '../config/encryption-keys.ts';
import type { GatewayStore } from '../credentials/store.ts';
import type { Logger } from '../log.ts';
import type { Management } from '../management/management.ts';
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
import { isFromHere, siteOf } from './site.ts';
import type { Answer, PageAnswer, Routes, Visit } from './visit.ts';

export interface PagesOptions {
  store: GatewayStore;
  management: Management;
  callers: Callers;
  log: Logger;
  telemetry: Telemetry;
  now: () => number;
  /** Sessions last from gateway to gateway, and over a restart, only with these. */
  encryptionKeys?: readonly EncryptionKey[];
  /** Where people reach the gateway. @default what the Host header says */
  publicUrl?: URL | undefined;
  /** Where Twilio asks a person for consent. */
  oauthUrl: URL;
  /** Whether there is a GraphiQL to lead to. */
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
  answer(readBody: () => Promise<string>): Promise<PageResponse>;
}

/** The web page at /credentials, on which an administrator manages credentials and API keys. */
export function createPages(options: PagesOptions): Pages {
  const { management, store, callers, log } = options;
  const seal = createSeal(options.encryptionKeys ?? [], options.now);
  const sessions = createSessions(seal, store, options.now);
  const respond = createResponder(seal, sessions, options.graphiql);
  const routes: Routes<Visit> = {
    ...loginRoutes(callers, sessions, log, options.telemetry),
    ...forAdmins(overviewRoutes(store, management, options.now)),
    ...forAdmins(addRoutes(store, management.credentials, seal)),
    ...forAdmins(credentialRoutes(store, management.credentials)),
    ...forAdmins(apiKeyRoutes(store, management.apiKeys)),
    ...consentRoutes(management.consent, options.oauthUrl, seal),
  };

  async function answer(request: Request, visit: Visit, readBody: () => Promise<string>): Promise<Answer> {
    const method = request.method === 'HEAD' ? 'GET' : request.method;
    const route = routes[visit.url.pathname] ?? {};
    const handler = method === 'GET' || method === 'POST' ? route[method] : undefined;
    if (!handler) throw new PageError(405, 'Method not allowed', WRONG_METHOD, Object.keys(route).join(', '));
    if (method === 'GET') return handler(visit);
    if (!isFromHere(request.headers, visit.site)) throw new PageError(403, 'Not from this page', FOREIGN);
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
      const onward = known ? null : bounce(method, headers, url);
      // Without a cookie for the session: it would take the place of the one that was left out.
      if (onward) {
        const response = respond(onward, { site, session: null, actor: null, flash: undefined });
        return { principal: null, answer: async () => response };
      }
      const principal = identify(callers, sessions, session, origin);
      return {
        principal: await principal.catch(() => null),
        async answer(readBody) {
          let actor: Visit['actor'] = null;
          let result: Answer;
          try {
            actor = await principal;
            const visit = { url, site, origin, session, actor, form: NO_FORM, cookie };
            result = await answer(request, visit, readBody);
          } catch (error) {
            result = refusal(error, log);
          }
          // A form that another site made up comes without the cookie, and must not have it replaced.
          const isNew = !known && method === 'GET';
          const response = respond(result, { site, session, isNew, actor, flash: cookie('flash') });
          return method === 'HEAD' ? { ...response, body: null } : response;
        },
      };
    },
  };
}

const WRONG_METHOD = 'This address is for forms of the page. Begin at the list.';
const FOREIGN =
  'This form was not sent by a page of this gateway, so nothing was done. Behind a proxy, set PUBLIC_URL to the address that people use.';
const STALE =
  'Nothing was done. Go back, load the page again and send the form once more; the browser must accept cookies of this gateway.';

function refusal(error: unknown, log: Logger): PageAnswer {
  if (error instanceof PageError) {
    const { status, title, message, allow } = error;
    return { ...problemPage(status, title, message), ...(allow ? { allow } : {}) };
  }
  try {
    const { status, message } = problemOf(error);
    return problemPage(status, TITLES[status] ?? 'This did not work', message);
  } catch {
    log.error({ err: error }, 'unexpected error');
    return problemPage(500, 'This did not work', 'The gateway failed unexpectedly. Its log says why.');
  }
}

const TITLES: Readonly<Record<number, string>> = {
  404: 'Not found',
  413: 'This form is too large',
  503: 'Not available now',
};

function problemPage(status: number, title: string, message: string): PageAnswer {
  const content = () => html`<p class="problem" role="alert">${message}</p>
<p><a href="/credentials">All credentials</a></p>`;
  return { status, title, content };
}
