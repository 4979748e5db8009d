import type { Actor } from '../admin/actor.ts';
import { type Cookie, writeCookie } from './cookies.ts';
import { pageHeaders, renderPage } from './layout.ts';
import type { Seal } from './seal.ts';
import type { Session, Sessions } from './session.ts';
import type { Site } from './site.ts';
import type { PageResult, PageView, Redirect } from './visit.ts';

export interface PageResponse {
  readonly status: number;
  readonly headers: [string, string][];
  readonly body: string | null;
}

/** The parts of the request and session that a response depends on. */
export interface ResponseContext {
  site: Site;
  /** Null if the response must not set a session. */
  session: Session | null;
  /** Whether the browser does not have the session's cookie yet. */
  isNew?: boolean;
  actor: Actor | null;
  /** The sealed message to show on this page. */
  flash: string | undefined;
}

/** A message shown once, on the page after a redirect. */
export interface Flash {
  text: string;
  failed: boolean;
}

const FLASH_MS = 60_000;

export type Respond = (result: PageResult, context: ResponseContext) => PageResponse;

/** Creates a function that turns results into HTTP responses, with the cookies of the session and its message. */
export function createResponder(seal: Seal, sessions: Sessions, graphiql: boolean): Respond {
  const placeOf = ({ id }: Session) => ({ purpose: 'flash', session: id }) as const;

  function redirectResponse(redirect: Redirect, { site, session, isNew }: ResponseContext): PageResponse {
    const nextSession = redirect.session ?? session;
    const cookies: Cookie[] = [...(redirect.cookies ?? [])];
    if (nextSession && (isNew || redirect.session)) cookies.push(sessions.cookieOf(nextSession));
    const text = redirect.failed ?? redirect.done;
    if (nextSession && text !== undefined) {
      const flash: Flash = { text, failed: redirect.failed !== undefined };
      // In a cookie instead of the URL, whose text anyone could forge.
      const value = seal.seal(flash, placeOf(nextSession), FLASH_MS);
      cookies.push({ name: 'flash', value, maxAgeMs: FLASH_MS });
    }
    const headers: [string, string][] = [
      ['location', redirect.location],
      ['referrer-policy', 'no-referrer'],
    ];
    return { status: 303, headers: [...headers, ...commonHeaders(cookies, site)], body: null };
  }

  function pageResponse(
    view: PageView,
    { site, session, isNew, actor, flash }: ResponseContext,
  ): PageResponse {
    const { status = 200 } = view;
    const message = session ? (seal.open(flash, placeOf(session)) as Flash | null) : null;
    const cookies: Cookie[] = [];
    if (session && isNew) cookies.push(sessions.cookieOf(session));
    if (session && flash) cookies.push({ name: 'flash', value: '', maxAgeMs: 0 });
    const body = renderPage(view, {
      user: session?.keyHash && actor ? actor.name : null,
      flash: message,
      token: session ? sessions.formToken(session) : '',
      graphiql,
    });
    const headers = pageHeaders(view);
    if (status === 401) headers.push(['www-authenticate', 'Bearer']);
    return { status, headers: [...headers, ...commonHeaders(cookies, site)], body };
  }

  return (result, context) =>
    'location' in result ? redirectResponse(result, context) : pageResponse(result, context);
}

function commonHeaders(cookies: readonly Cookie[], { secure }: Site): [string, string][] {
  return [
    ['cache-control', 'no-store'],
    ...cookies.map((cookie): [string, string] => ['set-cookie', writeCookie(cookie, secure)]),
  ];
}
